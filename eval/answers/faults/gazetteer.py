"""Lists of names that exclude each other: no country is part of another, no city either."""

from __future__ import annotations

from typing import Final

from eval.answers.faults.word_swaps import listed

COUNTRIES: Final = listed("""
    France Germany Italy Spain Portugal Poland Norway Sweden Finland Denmark Austria
    Hungary Greece Turkey Russia China Japan India Indonesia Vietnam Thailand Australia
    Canada Mexico Brazil Argentina Chile Peru Colombia Egypt Nigeria Kenya Ethiopia Uganda
    Zimbabwe Morocco Iran Iraq Israel Pakistan Bangladesh Nepal Switzerland Belgium
    Ukraine Romania Bulgaria Cuba Ghana Tanzania Malaysia Philippines Singapore Taiwan
""")
CITIES: Final = listed("""
    London Paris Berlin Vienna Rome Madrid Lisbon Warsaw Oslo Stockholm Helsinki
    Copenhagen Budapest Athens Moscow Tokyo Beijing Shanghai Seoul Bangkok Sydney
    Melbourne Toronto Chicago Boston Philadelphia Houston Atlanta Seattle Denver Dublin
    Edinburgh Munich Hamburg Milan Florence Cairo Nairobi Istanbul Mumbai Delhi Amsterdam
    Brussels Prague Geneva Zurich Barcelona Montreal Vancouver Detroit Cleveland
    Pittsburgh
""")
PEOPLES: Final = listed("""
    French German Italian Spanish Portuguese Polish Norwegian Swedish Danish Austrian
    Hungarian Greek Turkish Russian Chinese Japanese Indian Indonesian Vietnamese Thai
    Australian Canadian Mexican Brazilian Argentine Egyptian Nigerian Ethiopian Iranian
    Israeli Swiss Belgian Dutch British American African European
""")
GIVEN: Final = listed("""
    John James Robert Michael William David Richard Joseph Thomas Charles Daniel Matthew
    Mark Paul George Steven Andrew Edward Brian Kevin Peter Henry Frank Walter Arthur
    Albert Louis Martin Simon Philip Mary Patricia Jennifer Linda Elizabeth Barbara Susan
    Jessica Sarah Karen Nancy Anna Margaret Helen Laura Emma Alice Julia Jane Kate Anthony
    Christopher Benjamin Samuel Alexander Jack Harry Oliver Leonard Ian
""")
SURNAMES: Final = listed("""
    Hartwell Penrose Ashdown Lindqvist Okafor Marchetti Brandvold Castellan Drummond
    Ellsworth Fairbanks Goddard Hollis Ibsen Kowalczyk Lombard Merriweather Norwood
""")

COUNTRIES_ZH: Final = listed("""
    法国 德国 意大利 西班牙 葡萄牙 波兰 挪威 瑞典 芬兰 丹麦 奥地利 匈牙利 希腊 土耳其
    俄罗斯 日本 印度 越南 泰国 澳大利亚 加拿大 墨西哥 巴西 阿根廷 智利 秘鲁 埃及 尼日利亚
    肯尼亚 伊朗 伊拉克 以色列 巴基斯坦 尼泊尔 瑞士 比利时 乌克兰 古巴 马来西亚 菲律宾
    新加坡 韩国 美国 英国
""")
PROVINCES_ZH: Final = listed("""
    广东 浙江 江苏 山东 四川 湖南 湖北 河南 河北 福建 江西 安徽 陕西 山西 辽宁 吉林 黑龙江
    云南 贵州 甘肃 青海 海南
""")
CITIES_ZH: Final = listed("""
    北京 上海 广州 深圳 杭州 南京 武汉 成都 重庆 西安 天津 苏州 青岛 大连 厦门 长沙 郑州
    济南 沈阳 哈尔滨 昆明 福州 合肥 南昌 宁波 无锡 佛山 东莞 珠海 太原 兰州 贵阳 南宁 海口
    东京 首尔 伦敦 巴黎 纽约 柏林 莫斯科 悉尼
""")
SURNAMES_ZH: Final = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯董萧程曹袁邓许傅沈曾彭吕苏卢蒋"
    "蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙"
    "万段雷钱汤尹黎易常武乔贺赖龚文"
)
GIVEN_ZH: Final = "伟芳娜敏静丽强磊洋勇艳杰娟涛超明霞平刚桂英华玉红军健峰婷雪琳"
