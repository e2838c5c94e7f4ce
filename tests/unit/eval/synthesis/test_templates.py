import pytest

from eval.synthesis.definition_questions import ask_definition
from eval.synthesis.fact_questions import ask_fact
from eval.synthesis.heading_questions import ask_heading


def text(asked):
    return None if asked is None else asked.text


@pytest.mark.parametrize(
    ("sentence", "question"),
    [
        (
            "A morpheme is the smallest grammatical unit in a language.",
            "What is a morpheme?",
        ),
        (
            "The Trail of Tears was a series of forced relocations of Native American peoples.",
            "What was the Trail of Tears?",
        ),
        (
            "Salicylic acid (from Latin salix) is a lipophilic monohydroxybenzoic acid.",
            "What is salicylic acid?",
        ),
        (
            "Ada Lovelace (1815–1852) was an English mathematician and writer.",
            "Who was Ada Lovelace?",
        ),
        (
            "Labour in India refers to employment in the economy.",
            "What does Labour in India refer to?",
        ),
        ("BM25 stands for best matching, version twenty-five.", "What does BM25 stand for?"),
        ("Recall is defined as the share of what is relevant.", "How is Recall defined?"),
        (
            "Pearson's coefficients are numbers that tell how two series move together.",
            "What are Pearson's coefficients?",
        ),
    ],
)
def test_an_english_definition_is_asked_for(sentence, question):
    assert text(ask_definition(sentence, "en")) == question


@pytest.mark.parametrize(
    "sentence",
    [
        pytest.param("It is a small town in the north of the country.", id="a pronoun"),
        pytest.param("This method is a way of counting what is there.", id="a pointing word"),
        pytest.param("The problem is a lack of time for all of this.", id="a thing said before"),
        pytest.param("Introduction is a chapter of the present book.", id="a generic word"),
        pytest.param("Chunking is a good idea for very long texts.", id="a judgment"),
        pytest.param("Files are parsed in a process of their own.", id="a passive"),
        pytest.param("Within the ampulla is a mound of hair cells.", id="an inversion"),
        pytest.param("An unknown name in the file is an error at start.", id="a phrase"),
        pytest.param("Rain fell.", id="no definition"),
    ],
)
def test_what_points_back_judges_or_tells_defines_nothing(sentence):
    assert ask_definition(sentence, "en") is None


@pytest.mark.parametrize(
    ("sentence", "question"),
    [
        ("快照是一个文件，里面有全部原文和向量。", "快照是什么？"),
        ("人工智能是研究如何让机器模拟人类思维的学科。", "人工智能是什么？"),
        (
            "书签（Bookmark）是浏览器中用以储存网址的一个设计。",
            "书签是什么？",
        ),
        (
            "《子不语》（又名《新齐谐》）是清代袁枚所著的笔记小说。",
            "《子不语》是什么？",
        ),
        ("意见领袖是指对媒体熟悉并向别人解释讯息的人。", "意见领袖是什么意思？"),
        ("所谓幻读，是指同一个事务里两次查询结果不同。", "什么是幻读？"),
        ("彼得·罗利马（Peter Lorimer）是一名前苏格兰足球员。", "彼得·罗利马是谁？"),
    ],
)
def test_a_chinese_definition_is_asked_for(sentence, question):
    assert text(ask_definition(sentence, "zh")) == question


@pytest.mark.parametrize(
    "sentence",
    [
        pytest.param("它是一种在北方常见的植物。", id="a pronoun"),
        pytest.param("這個日期是考慮了太陽和月亮而訂出來的日子。", id="Traditional, pointing"),
        pytest.param("检索是确定的：同样的问题，名单完全相同。", id="a property"),
        pytest.param("文档是一个目录里的文件时，不必写语料。", id="a condition"),
        pytest.param("英文手册不是中文手册的一个译本。", id="a negation"),
        pytest.param("据说史东是这部动画片的一个原型人物。", id="hearsay"),
    ],
)
def test_what_points_back_or_tells_defines_nothing_in_chinese(sentence):
    assert ask_definition(sentence, "zh") is None


@pytest.mark.parametrize(
    ("sentence", "question"),
    [
        ("The Five Flags Theater was built in 1910.", "When was the Five Flags Theater built?"),
        ("Tesla died on 7 January 1943.", "When did Tesla die?"),
        ("Code Black was written by Ryan McGarry.", "Who wrote Code Black?"),
        ("Marble Falls is located in Burnet County.", "Where is Marble Falls located?"),
        ("The default of rrf_k is 60.", "What is the default of rrf_k?"),
        (
            "A sensory system consists of neurons and pathways.",
            "What does a sensory system consist of?",
        ),
        ("Ribozymes naturally consist of circular RNAs.", "What do Ribozymes consist of?"),
    ],
)
def test_an_english_fact_is_asked_for(sentence, question):
    assert text(ask_fact(sentence, "en")) == question


@pytest.mark.parametrize(
    ("sentence", "question"),
    [
        ("零食物语于1997年创立，高峰期有60间分店。", "零食物语是什么时候创立的？"),
        ("现代货箱码头成立于1969年。", "现代货箱码头是什么时候成立的？"),
        ("三元桥站位于北京市朝阳区。", "三元桥站位于哪里？"),
        ("检索深度的默认值是 100。", "检索深度的默认值是什么？"),
        ("重叠的坏处是索引变大。", "重叠的坏处是什么？"),
        ("古汉越语，又称古汉越音，是一种字音。", "古汉越语又叫什么？"),
        ("《战国无双3》是由光荣开发的游戏。", "《战国无双3》是由谁开发的？"),
    ],
)
def test_a_chinese_fact_is_asked_for(sentence, question):
    assert text(ask_fact(sentence, "zh")) == question


@pytest.mark.parametrize(
    ("sentence", "lang"),
    [
        ("The TFET is based on band-to-band tunneling.", "en"),
        ("It was founded in 1911 by five men.", "en"),
        ("The villa was built in 1836.", "en"),
        ("全线均位于吉林省内。", "zh"),
        ("前身为1952年由校友创立的同学会。", "zh"),
        ("他出生于1952年。", "zh"),
    ],
)
def test_a_fact_about_what_is_not_named_is_left_alone(sentence, lang):
    assert ask_fact(sentence, lang) is None


@pytest.mark.parametrize(
    ("heading", "title", "question"),
    [
        ("Why is RAG important?", "Basics", "Why is RAG important?"),
        ("2.3 Configuring the reranker depth", "Guide", "How do I configure the reranker depth?"),
        ("Running tests", "Milvus", "How do I run tests in Milvus?"),
        ("How to migrate old collections", "Guide", "How do I migrate old collections?"),
        ("Mean reciprocal rank", "Evaluation", "Mean reciprocal rank"),
        ("Backup", "Operations: durability", "Operations Backup"),
        ("Building blocks", "Haystack", "Building blocks"),
    ],
)
def test_an_english_heading_becomes_what_a_person_would_ask_or_type(heading, title, question):
    assert text(ask_heading(heading, title=title, lang="en")) == question


@pytest.mark.parametrize(
    ("heading", "title"),
    [
        pytest.param("Introduction", "Milvus", id="a place in a document"),
        pytest.param("Usage", "Overview", id="generic below generic"),
        pytest.param("Retrieved text is data", "Grounding", id="a statement"),
        pytest.param("Turning it on and off", "Reranking", id="a pronoun"),
        pytest.param("`rag serve --port`", "Commands", id="code"),
        pytest.param("config/settings.toml", "Files", id="a path"),
        pytest.param("2024-01-03", "News", id="a date"),
    ],
)
def test_an_english_heading_that_nobody_would_type_is_left_out(heading, title):
    assert ask_heading(heading, title=title, lang="en") is None


@pytest.mark.parametrize(
    ("heading", "title", "question"),
    [
        ("一、为什么默认不用名次", "混合检索", "为什么默认不用名次？"),
        ("重叠设多少？", "切块", "重叠设多少？"),
        ("重排器的配置", "手册", "如何配置重排器？"),
        ("部署集群节点", "手册", "如何部署集群节点？"),
        ("内连接与外连接的区别", "数据库", "内连接与外连接有什么区别？"),
        ("向量索引的优点", "数据库", "向量索引有哪些优点？"),
        ("备份", "日常维护", "日常维护 备份"),
        ("倒数排名融合", "混合检索", "倒数排名融合"),
    ],
)
def test_a_chinese_heading_becomes_what_a_person_would_ask_or_type(heading, title, question):
    assert text(ask_heading(heading, title=title, lang="zh")) == question


@pytest.mark.parametrize(
    "heading", ["概述", "它做不到什么？", "接下来读什么？", "看单个，不看平均"]
)
def test_a_chinese_heading_that_nobody_would_type_is_left_out(heading):
    assert ask_heading(heading, title="手册", lang="zh") is None
