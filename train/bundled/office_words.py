"""Words that office statements are made of, in English and Chinese: what is said and how it is asked.

An attribute is ``names | 名称 | sort of value | English questions | 中文问题``, variants split by
semicolons; ``{s}`` is the subject. Questions there ask without the attribute's own name.
"""

from __future__ import annotations

from typing import Final

MACHINE: Final = """
payload;maximum load;load capacity | 载重;最大载荷;额定负载 | kg | How much can the {s} carry?;How heavy a load can {s} lift? | {s}能承载多重？;{s}最多能装多少公斤？
weight;net weight;own weight | 重量;净重;自重 | kg | How heavy is the {s}?;How much does the {s} weigh? | {s}有多重？;{s}多少公斤？
top speed;maximum speed | 最高速度;最大速度 | speed | How fast is the {s}?;How fast can the {s} go? | {s}能跑多快？;{s}速度最高多少？
battery life;operating time;runtime | 续航时间;电池续航;工作时间 | hours | How long does the {s} run on one charge?;How long does the battery of the {s} last? | {s}充一次电能用多久？;{s}电池能撑多长时间？
charging time;time to full charge | 充电时间;充满时间 | hours | How long does it take to charge the {s}?;When is the {s} fully charged? | {s}充满电要多久？;{s}充电需要多长时间？
warranty;guarantee;warranty period | 保修期;质保期;保修 | years | How long is the {s} under guarantee?;For how many years is the {s} covered? | {s}保修几年？;{s}质保多长时间？
operating temperature;ambient temperature;permitted temperature | 工作温度;环境温度;使用温度 | temps | At what temperatures can the {s} be used?;How cold may it be for the {s}? | {s}能在多少度的环境下使用？;{s}在什么温度下可以工作？
colour;color;finish | 颜色;外观颜色;机身颜色 | colour | What colour is the {s}?;In which colours does {s} come? | {s}是什么颜色的？;{s}有哪些颜色？
material;housing material | 材质;外壳材料 | material | What is the {s} made of?;Of what is the housing of the {s}? | {s}是用什么做的？;{s}的外壳是什么材料？
power consumption;power;rated power | 功率;额定功率;耗电量 | watts | How much electricity does the {s} use?;How many watts does {s} draw? | {s}耗电多少？;{s}是多少瓦的？
noise level;sound level | 噪音;噪声级 | decibels | How loud is the {s}? | {s}噪音有多大？;{s}有多吵？
protection class;ingress protection;IP rating | 防护等级;IP等级 | ip | Is the {s} waterproof?;How well is the {s} protected from dust and water? | {s}防水吗？;{s}的防尘防水级别是什么？
tyre pressure;tire pressure | 轮胎气压;胎压 | bar | How hard should the tyres of the {s} be pumped? | {s}的轮胎要打多少气？
part number;order number;item number | 零件号;订货号;物料编号 | partno | Under which number do I order the {s}?;How do I order a {s}? | {s}用什么编号订购？;订购{s}用哪个号码？
price;list price;retail price | 价格;售价;单价 | price | How much does the {s} cost?;What do I pay for a {s}? | {s}多少钱？;买一台{s}要花多少？
delivery time;lead time | 交货期;交付周期 | weeks | How long until a {s} is delivered?;When will my {s} arrive? | {s}下单后多久能到货？;{s}要等多久才能交货？
service interval;maintenance interval | 保养周期;维护间隔;检修周期 | interval | How often must the {s} be serviced?;When is the {s} due for maintenance? | {s}多久保养一次？;{s}要隔多久检修？
filter change;filter replacement interval | 滤芯更换周期;换滤网间隔 | interval | How often do I change the filter of the {s}? | {s}的滤芯多久换一次？
software version;firmware version;firmware | 固件版本;软件版本 | version | Which firmware runs on the {s}? | {s}用的是哪个版本的固件？
default password;factory password | 默认密码;初始密码;出厂密码 | pin | How do I log in to the {s} the first time?;What do I enter at the first login of the {s}? | 第一次登录{s}用什么密码？
IP address;network address | IP地址;网络地址 | ipaddr | Where on the network is the {s}? | {s}在网络上的地址是什么？
accuracy;precision;measuring tolerance | 精度;测量误差;准确度 | mm | How exactly does the {s} measure? | {s}测得有多准？
manufacturer;maker | 制造商;生产厂家 | company | Who makes the {s}?;Which company builds {s}? | {s}是谁生产的？;{s}是哪家公司造的？
year of construction;year built;built in | 制造年份;出厂年份 | year | When was the {s} built? | {s}是哪一年造的？;{s}什么时候出厂的？
dimensions;size;outer dimensions | 尺寸;外形尺寸;规格 | dims | How big is the {s}?;How much space does the {s} need? | {s}有多大？;{s}占多大地方？
screen;display;display size | 屏幕;屏幕尺寸;显示屏 | inches | How big is the screen of the {s}? | {s}的屏幕多大？
memory;RAM;working memory | 内存;运行内存 | gb | How much RAM has the {s}? | {s}内存多大？;{s}有多少G内存？
emergency stop;emergency switch location | 急停按钮;急停开关位置 | place | Where do I stop the {s} in an emergency? | 紧急情况下在哪里停下{s}？
oil;lubricant;oil type | 润滑油;机油型号 | oil | Which oil goes into the {s}?;With what is the {s} lubricated? | {s}用什么机油？;{s}加哪种润滑油？
tank capacity;tank volume | 水箱容量;油箱容积 | litres | How much fits into the tank of the {s}? | {s}的水箱能装多少？
reach;range;radius of action | 作业半径;工作范围;臂展 | metres | How far does the {s} reach? | {s}够得着多远？
voltage;supply voltage;mains voltage | 电压;供电电压 | volts | On which mains does the {s} run? | {s}用多少伏的电？
"""

OFFICE: Final = """
opening hours;business hours;hours | 营业时间;开放时间;工作时间 | clock | When is {s} open?;When can I come to {s}?;From when to when is {s} open? | {s}几点开门？;{s}什么时候开？;{s}开到几点？
address;postal address | 地址;通讯地址 | address | Where is {s}?;Where do I find {s}? | {s}在哪里？;{s}怎么走？
phone;telephone;phone number;hotline | 电话;联系电话;热线 | phone | How can I call {s}?;Which number do I dial for {s}? | {s}怎么打电话联系？;{s}打哪个号码？
email;e-mail address;contact email | 邮箱;电子邮件;联系邮箱 | email | Where do I write to reach {s}?;To which address do I mail {s}? | 给{s}发邮件发到哪里？
manager;head;site manager | 负责人;主管;经理 | person | Who runs {s}?;Who is in charge of {s}?;Who leads {s}? | {s}归谁管？;谁负责{s}？
deputy;stand-in | 副手;副主管;代理人 | person | Who stands in at {s}? | {s}的负责人不在时找谁？
employees;headcount;staff | 员工人数;职工人数;编制 | people | How many people work at {s}? | {s}有多少人？;{s}有多少员工？
capacity;seats;number of seats | 容纳人数;座位数;可容纳 | people | How many people fit into {s}? | {s}能坐多少人？
Wi-Fi password;guest Wi-Fi | Wi-Fi密码;访客无线密码 | pin | How do I get online at {s}? | {s}的无线网怎么连？
floor;storey | 楼层;所在楼层 | floor | On which floor is {s}? | {s}在几楼？
budget;annual budget | 预算;年度预算 | money | How much money does {s} have this year? | {s}今年有多少钱可用？
founded;opened;established | 成立时间;开业时间;成立于 | date | Since when does {s} exist?;When was {s} opened? | {s}是什么时候成立的？
parking;parking spaces | 停车位;车位数 | count | How many cars can be parked at {s}? | {s}能停几辆车？
room number;room | 房间号;办公室 | room | In which room is {s}? | {s}在哪个房间？
cost centre;cost center | 成本中心;成本中心编号 | partno | Where do I book costs of {s}? | {s}的费用记在哪个编号下？
revenue;turnover;sales | 营业额;收入;销售额 | money | How much did {s} earn?;How much did {s} sell? | {s}赚了多少？;{s}卖了多少钱？
working language;language | 工作语言;语言 | language | Which language is spoken at {s}? | {s}说什么语言？
"""

POLICY: Final = """
annual leave;holiday entitlement;paid vacation | 年假;带薪年假;休假天数 | days | How many days off do people in {s} get?;How much holiday do I get in {s}? | {s}一年能休几天？;{s}员工有多少天假？
maternity leave | 产假;产假天数 | weeks | How long can mothers stay at home in {s}? | {s}生孩子可以休多久？;{s}的妈妈能休多长时间？
paternity leave | 陪产假;护理假 | days | How long can fathers stay at home in {s}? | {s}爸爸能休几天？
sick leave;paid sick days | 病假;带薪病假 | days | How long am I paid when I am ill in {s}? | {s}生病能休几天？
probation;probation period;trial period | 试用期;试用期限 | months | How long is one on trial in {s}? | {s}要试用多久？
notice period;period of notice | 通知期;解约通知期;离职通知期 | months | How early must I give notice in {s}?;How long before must one cancel in {s}? | {s}要提前多久提出离职？;{s}需提前多长时间通知？
working hours;weekly hours | 工时;每周工时 | hoursweek | How long is the working week in {s}? | {s}一周上几个小时班？
hotel limit;limit for hotels;hotel allowance | 住宿标准;酒店限额 | price | How much may a hotel cost in {s}? | {s}出差住酒店最多能报多少？
daily allowance;per diem;meal allowance | 出差补贴;每日补助;餐补 | price | How much do I get for meals a day in {s}? | {s}每天吃饭补多少？
mileage rate;mileage allowance | 里程补贴;私车公用补贴 | rate | What do I get for driving my own car in {s}? | {s}自己开车每公里补多少？
home office;remote work;days at home | 居家办公;远程办公天数 | dayweek | How often may I work from home in {s}? | {s}一周可以在家上班几天？
payday;salary payment;pay date | 发薪日;工资发放日 | dayofmonth | When do I get my money in {s}?;When is salary paid in {s}? | {s}几号发工资？
data retention;retention period;kept for | 保存期限;保留时间;留存期 | years | How long are records kept in {s}? | {s}的资料要存多久？
approval limit;signing limit | 审批限额;签字权限 | money | Up to what amount may I sign myself in {s}? | {s}多少钱以下不用审批？
submission deadline;deadline;due date | 截止日期;提交期限;最后期限 | date | By when must it be handed in for {s}?;Until when can I apply for {s}? | {s}最晚什么时候交？;{s}报名到哪天为止？
overtime pay;overtime rate | 加班费;加班工资 | percent | What do I get for extra hours in {s}? | {s}加班怎么算钱？
response time;reaction time | 响应时间;反应时间 | hours | How fast will someone react under {s}? | {s}多久会有人处理？
availability;uptime;guaranteed availability | 可用性;可用率;正常运行率 | percent | How reliable must it be under {s}? | {s}保证多少可用？
penalty;contractual penalty | 违约金;罚金 | money | What has to be paid when {s} is broken? | 违反{s}要赔多少？
term;duration;contract term | 期限;合同期限;有效期 | years | How long does {s} run? | {s}签了多久？
minimum age;age limit | 最低年龄;年龄限制 | age | How old must one be for {s}? | {s}要满多少岁？
storage;storage space;included storage | 存储空间;容量;云空间 | gb | How much can I store with {s}? | {s}能存多少东西？
users;number of users;included users | 用户数;账号数量 | count | How many colleagues can use {s}? | {s}可以几个人用？
monthly fee;fee;subscription fee | 月费;费用;订阅费 | price | What does {s} cost a month? | {s}每个月多少钱？
discount;rebate | 折扣;优惠 | percent | How much cheaper is it with {s}? | {s}打几折？;{s}能便宜多少？
free shipping;free delivery from | 包邮门槛;免运费 | price | From what amount is delivery free with {s}? | {s}满多少包邮？
"""

ROLES: Final = """
CEO;managing director;chief executive | 总经理;首席执行官
CFO;chief financial officer;head of finance | 财务总监;首席财务官
head of sales;sales director | 销售总监;销售负责人
head of purchasing;purchasing manager | 采购经理;采购负责人
data protection officer;privacy officer | 数据保护专员;隐私负责人
safety officer;occupational safety officer | 安全员;安全负责人
first-aider;first aid contact | 急救员;急救联系人
fire warden | 消防员;消防负责人
works doctor;company doctor | 厂医;公司医生
HR manager;head of human resources | 人事经理;人力资源负责人
IT support;system administrator | IT支持;系统管理员
project manager;project lead | 项目经理;项目负责人
quality manager;head of quality | 质量经理;质量负责人
facility manager;caretaker | 后勤主管;物业负责人
receptionist;front desk | 前台;前台接待
accountant;bookkeeper | 会计;出纳
trainer;training coordinator | 培训师;培训负责人
legal counsel;company lawyer | 法务;法律顾问
"""

ERRORS: Final = """
motor overheated;the motor is too hot | 电机过热;马达温度过高 | let it cool down for {n} minutes | 让其冷却{n}分钟
battery low;the battery is nearly empty | 电量不足;电池电量低 | charge the battery | 给电池充电
door open;the door is not closed | 门未关;门没有关好 | close the door | 关好门
sensor fault;a sensor does not answer | 传感器故障;传感器无响应 | check the cable of the sensor | 检查传感器电缆
emergency stop pressed | 急停被按下;急停触发 | release the emergency stop and press Reset | 松开急停按钮并按复位键
communication lost;no connection to the controller | 通信中断;与控制器失去连接 | restart the controller | 重启控制器
water level too low;no water in the tank | 水位过低;水箱缺水 | refill the tank | 给水箱加水
filter clogged;the filter is blocked | 滤网堵塞;过滤器堵塞 | clean or replace the filter | 清洗或更换滤网
overload;the load is too heavy | 超载;负载过大 | reduce the load | 减轻负载
wheel blocked;a wheel can't turn | 轮子卡住;车轮受阻 | remove what blocks the wheel | 清除卡住车轮的异物
paper jam;paper is stuck | 卡纸;纸张堵塞 | open the rear flap and pull the paper out | 打开后盖取出纸张
toner empty;no toner left | 墨粉耗尽;碳粉不足 | insert a new cartridge | 更换墨盒
oil pressure too low | 油压过低 | top up the oil | 补充机油
firmware update failed;the update was interrupted | 固件升级失败;更新中断 | repeat the update with a cable | 用数据线重新升级
position lost;the robot does not know where it is | 定位丢失;机器人找不到位置 | push it to the dock and restart it | 推回充电桩后重启
temperature too low;it is too cold | 温度过低 | wait until it is warmer than {n} degrees | 等到温度高于{n}度
user not authorised;access denied | 用户无权限;拒绝访问 | ask the administrator for rights | 向管理员申请权限
licence expired | 许可证过期;授权到期 | renew the licence | 续订许可证
disk full;no space left | 磁盘已满;空间不足 | delete old files | 删除旧文件
timeout;the server did not answer in time | 超时;服务器未及时响应 | try again in {n} minutes | {n}分钟后重试
"""

PERMITS: Final = """
use in rain;using it outdoors in rain | be used in rain;be used when it rains | 在雨中使用 | 下雨天能用{s}吗？;{s}能淋雨吗？
use by children | be used by children;be operated by a child | 儿童使用 | 小孩可以用{s}吗？
use indoors;use inside buildings | be used indoors | 在室内使用 | {s}可以在屋里用吗？
carrying passengers;transport of people | carry people;be ridden | 载人 | {s}可以坐人吗？
cleaning with water;hosing it down | be cleaned with water;be washed with a hose | 用水清洗 | {s}能用水洗吗？
use of third-party batteries | be run with batteries of other makers | 使用第三方电池 | {s}能用别家的电池吗？
opening the housing | be opened by the user | 打开外壳 | 我可以自己拆开{s}吗？
lending to third parties;passing it on to others | be lent to others;be given to a friend | 转借他人 | {s}可以借给别人吗？
use at night;night operation | be used at night | 夜间使用 | 晚上可以开{s}吗？
use on stairs | be used on stairs | 在楼梯上使用 | {s}能走楼梯吗？
taking it on a plane;air transport | be taken on a plane | 带上飞机 | {s}能带上飞机吗？
private use | be used privately | 私人使用 | {s}可以私用吗？
smoking near it | stand where people smoke | 在附近吸烟 | {s}旁边可以抽烟吗？
"""

FAQS: Final = """
Can I bring my bicycle? | Are bikes allowed?;Is there somewhere to leave a bike?;May I come by bike and park it? | Yes, there is a rack behind the building.;Yes, bikes can be left in the yard.;No, there is no room for bicycles. | 可以带自行车吗？ | 自行车能放哪里？;骑车来有地方停吗？ | 可以，楼后有车棚。;不可以，没有地方存放。
Can I bring my dog? | Are dogs allowed?;May pets come along? | No, this is not possible.;Yes, as long as it is on a lead.;Dogs must stay outside. | 可以带狗吗？ | 宠物能进吗？;能带宠物来吗？ | 不行，宠物不得入内。;可以，但必须拴绳。
How do I reset my password? | I forgot my password, what now?;What do I do when I can't log in any more? | Click on "Forgot password" and follow the mail.;Call the help desk, who will send a new one. | 怎么重置密码？ | 忘记密码怎么办？;登录不了怎么办？ | 点击“忘记密码”，按邮件提示操作。;请致电服务台，由其发送新密码。
Do I have to wear a badge? | Is an ID card needed in the building?;Must visitors show a badge? | Yes, at all times and visibly.;Only in the production halls. | 必须佩戴工牌吗？ | 进楼要戴证件吗？ | 是的，必须随时佩戴在显眼处。;只在生产车间需要。
Where do I get a new mouse? | My keyboard is broken, where do I get another?;Who gives out computer accessories? | At the IT counter, without a form.;Order it in the portal under "Equipment". | 在哪里领新鼠标？ | 键盘坏了找谁换？ | 在IT柜台领取，无需填表。;在门户的“设备”栏目下申请。
Can I return goods? | How do I send something back?;Is it possible to return an item I don't like? | Yes, within 30 days with the receipt.;No, sale items can't be returned. | 可以退货吗？ | 不喜欢能退吗？;买错了可以退吗？ | 可以，凭小票30天内退货。;特价商品不退不换。
Is there a canteen? | Can I eat lunch here?;Where do people eat? | Yes, on the ground floor, from 11:30 to 14:00.;No, but there are vending machines. | 有食堂吗？ | 中午在哪吃饭？ | 有，在一楼，11:30至14:00。;没有，但有自动售货机。
Do you ship abroad? | Can it be delivered to other countries?;Do you send parcels to Switzerland? | Yes, to all countries of the EU.;At the moment we deliver within the country only. | 可以寄到国外吗？ | 能发国际快递吗？ | 可以，寄往所有欧盟国家。;目前只在国内配送。
Who pays for further training? | Does the company pay for courses?;Will my course fees be refunded? | The company bears the cost if the manager agrees.;Half of the fees are refunded. | 培训费谁出？ | 公司报销课程费吗？ | 经主管同意后由公司承担。;报销一半费用。
Can I work abroad? | May I work from another country for some weeks?;Is working from a holiday flat allowed? | Yes, up to 20 days a year within the EU.;No, for tax reasons this is not allowed. | 可以在国外办公吗？ | 能在外地度假时上班吗？ | 可以，每年最多20天。;不可以，出于税务原因不允许。
How do I report sick? | What do I do when I am ill?;Whom do I tell when I have a cold? | Call your manager before 9 o'clock.;Enter it in the portal and upload the note. | 怎么请病假？ | 生病了怎么办？ | 9点前打电话给主管。;在系统中填写并上传病假单。
Is there a gym? | Can I do sports at work?;Does the company offer fitness? | Yes, in the basement, open round the clock.;No, but memberships are subsidised. | 有健身房吗？ | 上班能健身吗？ | 有，在地下室，全天开放。;没有，但会补贴会员费。
Can I pay by card? | Do you accept credit cards?;Is cash the only way to pay? | Yes, Visa and Mastercard.;Cash only, please. | 可以刷卡吗？ | 支持信用卡吗？ | 可以，支持银联和Visa。;只收现金。
How do I cancel my subscription? | I want to end my contract, how?;How can I stop paying? | Write to billing at least one month before its end.;In your account under "Plan", press Cancel. | 怎么取消订阅？ | 不想续费了怎么办？ | 至少提前一个月写信给账务部。;在账户“套餐”中点击取消。
Are there discounts for students? | Do students pay less?;Is it cheaper with a student card? | Yes, 40 % with a valid student card.;No, the price is the same for all. | 学生有优惠吗？ | 有学生价吗？ | 有，凭有效学生证打六折。;没有，所有人同价。
Where do I park? | Is there a car park?;Where can visitors leave their car? | In car park P2, where the first two hours are free.;There is no parking on site. | 在哪里停车？ | 有停车场吗？;访客车停哪？ | 停在P2停车场，前两小时免费。;现场没有停车位。
How long does the refund take? | When do I get my money back? | Up to ten working days.;The amount is credited within a week. | 退款要多久？ | 钱什么时候退回来？ | 最多十个工作日。;一周内到账。
Is my data encrypted? | How is my data protected?;Can others read my files? | Yes, with AES-256 at rest and TLS in transit.;Files are not encrypted by default. | 数据加密吗？ | 别人能看到我的文件吗？ | 是的，静态使用AES-256，传输使用TLS。;默认不加密。
"""

FIRST: Final = "Maria Anna Peter Lukas Julia Omar Ines Tomas Karin Felix Nora Ivan Elena David Sofia Marek Petra Hugo Clara Viktor Leila Samuel Greta Paul Rosa Emil Hanna Oskar Priya Kenji Aisha Diego Fiona Liam Chloe Ravi Yuki Mateo Zoe Noah".split()
LAST: Final = "Kern Novak Berger Weiss Moreau Silva Keller Horvat Lindqvist Okafor Tanaka Fischer Rossi Dubois Larsen Petrov Schmid Costa Byrne Walker Hughes Patel Khan Nguyen Garcia Olsen Meyer Hofer Brandt Vogel Sato Jensen Kowalski Romano Blake Turner Reid Marsh Doyle Frost".split()
HAN_LAST: Final = "张王李赵刘陈杨黄周吴徐孙马朱胡林郭何高罗郑梁谢宋唐许邓韩冯曹"
HAN_FIRST: Final = "伟 芳 娜 敏 静 丽 强 磊 军 洋 勇 艳 杰 娟 涛 明 超 秀英 霞 平 刚 桂英 建国 志强 晓东 雨桐 子涵 浩然 欣怡 思远 文博 海燕 丽华 国栋 佳琪 俊杰 雪梅 春燕 立新 永康".split()
CITIES: Final = "Graz:格拉茨; Vienna:维也纳; Berlin:柏林; Munich:慕尼黑; Hamburg:汉堡; Lyon:里昂; Paris:巴黎; Madrid:马德里; Lisbon:里斯本; Rome:罗马; Milan:米兰; Zurich:苏黎世; Geneva:日内瓦; Prague:布拉格; Warsaw:华沙; Oslo:奥斯陆; Stockholm:斯德哥尔摩; Helsinki:赫尔辛基; London:伦敦; Leeds:利兹; Dublin:都柏林; Boston:波士顿; Chicago:芝加哥; Denver:丹佛; Toronto:多伦多; Tokyo:东京; Osaka:大阪; Seoul:首尔; Singapore:新加坡; Sydney:悉尼; Beijing:北京; Shanghai:上海; Guangzhou:广州; Shenzhen:深圳; Hangzhou:杭州; Chengdu:成都; Wuhan:武汉; Nanjing:南京; Xi'an:西安; Suzhou:苏州; Tianjin:天津; Chongqing:重庆; Qingdao:青岛; Dalian:大连; Xiamen:厦门"
COUNTRIES: Final = "Germany:德国; Austria:奥地利; France:法国; Spain:西班牙; Italy:意大利; Poland:波兰; Sweden:瑞典; Norway:挪威; Denmark:丹麦; Finland:芬兰; Ireland:爱尔兰; Portugal:葡萄牙; Belgium:比利时; Netherlands:荷兰; Switzerland:瑞士; Czechia:捷克; Hungary:匈牙利; Japan:日本; China:中国; Korea:韩国; Vietnam:越南; Thailand:泰国; India:印度; Singapore:新加坡; Australia:澳大利亚; Canada:加拿大; Mexico:墨西哥; Brazil:巴西; Turkey:土耳其; Greece:希腊"
UNITS: Final = "sales department:销售部; purchasing department:采购部; HR department:人事部; finance department:财务部; IT department:信息技术部; warehouse:仓库; canteen:食堂; library:图书馆; reception:前台; help desk:服务台; workshop:车间; laboratory:实验室; meeting room A:A会议室; meeting room Oak:橡树会议室; training centre:培训中心; showroom:展厅; customer service:客服中心; research department:研发部; quality department:质量部; car park:停车场"
PLANS: Final = "Basic plan:基础版; Standard plan:标准版; Pro plan:专业版; Premium plan:高级版; Enterprise plan:企业版; Family plan:家庭版; Student plan:学生版; Free plan:免费版; Gold membership:黄金会员; Silver membership:白银会员; Platinum membership:铂金会员; Diamond membership:钻石会员; Team plan:团队版; Starter plan:入门版"
CONTRACTS: Final = "lease agreement:租赁合同; service contract:服务合同; supply contract:供货合同; maintenance contract:维护合同; framework agreement:框架协议; employment contract:劳动合同; non-disclosure agreement:保密协议; cooperation agreement:合作协议; consulting contract:咨询合同; licence agreement:许可协议"
BEASTS: Final = "Falcon:猎鹰; Heron:苍鹭; Eagle:雄鹰; Otter:水獭; Badger:獾; Lynx:山猫; Bison:野牛; Raven:渡鸦; Swift:雨燕; Tiger:猛虎; Panda:熊猫; Dolphin:海豚; Orca:虎鲸; Gecko:壁虎; Puma:美洲狮; Stork:白鹳; Kestrel:红隼; Beaver:河狸; Condor:神鹰; Mustang:野马"
THINGS: Final = "drill:电钻; robot:机器人; forklift:叉车; printer:打印机; pump:水泵; scanner:扫描仪; mower:割草机; drone:无人机; vacuum cleaner:吸尘器; coffee machine:咖啡机; compressor:压缩机; laptop:笔记本电脑; projector:投影仪; scale:电子秤; conveyor:传送带; crane:起重机; welding machine:焊机; router:路由器; air conditioner:空调; camera:摄像机; heater:加热器; saw:电锯"
COMPANIES: Final = "Aldus:阿尔杜斯; Norvex:诺维克斯; Brightway:明途; Kestral:凯斯特; Lumina:鲁米纳; Orbis:欧比斯; Tecton:泰克顿; Velora:维洛拉; Hartmann:哈特曼; Solveig:索尔维; Quantor:宽拓; Zentra:中创; Ferrum:铁盟; Halden:哈尔登; Mirado:米拉多; Pinnex:平耐"
COLOURS: Final = "red:红色; blue:蓝色; green:绿色; black:黑色; white:白色; grey:灰色; yellow:黄色; orange:橙色; silver:银色; dark blue:深蓝色; matt black:哑光黑"
MATERIALS: Final = "aluminium:铝合金; stainless steel:不锈钢; ABS plastic:ABS塑料; carbon fibre:碳纤维; cast iron:铸铁; oak:橡木; polycarbonate:聚碳酸酯; brass:黄铜; glass:玻璃; titanium:钛合金"
PLACES: Final = "on the left side:机身左侧; behind the rear cover:后盖后面; on top of the housing:外壳顶部; next to the power socket:电源插座旁; below the display:显示屏下方; on the control panel:控制面板上; at the front:正前方"
LANGUAGES: Final = "English:英语; German:德语; French:法语; Spanish:西班牙语; Chinese:中文; Japanese:日语; Polish:波兰语"
WEEKDAYS: Final = "Monday:周一; Tuesday:周二; Wednesday:周三; Thursday:周四; Friday:周五; Saturday:周六; Sunday:周日"
MONTHS: Final = "January February March April May June July August September October November December".split()
