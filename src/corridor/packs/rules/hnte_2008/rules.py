"""High-tech enterprise, rule of 2008: art. 2 and 10 of the Measures."""

from corridor.rulebook.language import Bands, Bool, Count, Date, Days, Money, Rate, Score, band, rule, share


@rule(id="hnte.age", ref="国科发火〔2008〕172号, art. 2", start="2008-01-01")
def age_met(registered_on: Date, on: Date, min_days_registered: Days) -> Bool:
    """The firm has been registered in China for at least one year, counted as {min_days_registered} days.
    企业在中国境内注册一年以上（按{min_days_registered}天计算）。"""
    return on - registered_on >= min_days_registered


@rule(id="hnte.core_ip", ref="国科发火〔2008〕172号, art. 10(1), (2)", start="2008-01-01")
def core_ip_owned(holds_core_ip: Bool) -> Bool:
    """In the last three years the firm acquired its own intellectual property in the core of its main products.
    近三年内通过自主研发、受让、受赠、并购等方式，对其主要产品（服务）的核心技术拥有自主知识产权。"""
    return holds_core_ip


@rule(id="hnte.core_ip_licence", ref="国科发火〔2008〕172号, art. 10(1), (2)", start="2008-01-01")
def core_ip_licensed(exclusive_licence_5y: Bool) -> Bool:
    """Or the firm has an exclusive licence of that property for five years or more.
    或通过五年以上的独占许可方式，对其主要产品（服务）的核心技术拥有自主知识产权。"""
    return exclusive_licence_5y


@rule(id="hnte.degree_staff", ref="国科发火〔2008〕172号, art. 10(3)", start="2008-01-01")
def degree_staff_met(tertiary_st_employees: Count, employees: Count, min_degree_staff_share: Rate) -> Bool:
    """Science and technology staff with a college degree are at least {min_degree_staff_share} of all staff.
    具有大学专科以上学历的科技人员占企业当年职工总数的{min_degree_staff_share}以上。"""
    return share(tertiary_st_employees, of=employees) >= min_degree_staff_share


@rule(id="hnte.rd_staff", ref="国科发火〔2008〕172号, art. 10(3)", start="2008-01-01")
def rd_staff_met(rd_employees: Count, employees: Count, min_rd_staff_share: Rate) -> Bool:
    """R&D staff among them are at least {min_rd_staff_share} of all staff of the year.
    其中研发人员占企业当年职工总数的{min_rd_staff_share}以上。"""
    return share(rd_employees, of=employees) >= min_rd_staff_share


@rule(id="hnte.rd_share_due", ref="国科发火〔2008〕172号, art. 10(4)(1)-(3)", start="2008-01-01")
def rd_share_due(revenue: Money, rd_share_by_sales: Bands) -> Rate:
    """The R&D share that a firm owes, by its sales of the latest year.
    按最近一年销售收入确定的研究开发费用占比要求。"""
    return band(revenue, rd_share_by_sales)


@rule(id="hnte.rd_share", ref="国科发火〔2008〕172号, art. 10(4)", start="2008-01-01")
def rd_share_met(rd_expenditure_3y: Money, revenue_3y: Money, rd_share_due: Rate) -> Bool:
    """R&D expenditure of the last three fiscal years is at least the share of their sales that the firm owes.
    近三个会计年度的研究开发费用总额占销售收入总额的比例不低于规定比例。"""
    return share(rd_expenditure_3y, of=revenue_3y) >= rd_share_due


@rule(id="hnte.rd_domestic", ref="国科发火〔2008〕172号, art. 10(4)", start="2008-01-01")
def rd_domestic_met(rd_expenditure_domestic_3y: Money, rd_expenditure_3y: Money, min_domestic_rd_share: Rate) -> Bool:
    """At least {min_domestic_rd_share} of that R&D expenditure was incurred inside China.
    企业在中国境内发生的研究开发费用总额占全部研究开发费用总额的比例不低于{min_domestic_rd_share}。"""
    return share(rd_expenditure_domestic_3y, of=rd_expenditure_3y) >= min_domestic_rd_share


@rule(id="hnte.hightech_income", ref="国科发火〔2008〕172号, art. 10(5)", start="2008-01-01")
def hightech_income_met(hightech_income: Money, total_income: Money, min_hightech_income_share: Rate) -> Bool:
    """Income from high-tech products (services) is at least {min_hightech_income_share} of total income of the year.
    高新技术产品（服务）收入占企业当年总收入的{min_hightech_income_share}以上。"""
    return share(hightech_income, of=total_income) >= min_hightech_income_share


@rule(id="hnte.evaluation", ref="国科发火〔2008〕172号, art. 10(6); 国科发火〔2008〕362号", start="2008-01-01")
def evaluation_met(evaluation_score: Score, pass_mark: Score) -> Bool:
    """The four groups of indicators give more than {pass_mark} points; {pass_mark} itself fails.
    四项指标综合得分达到{pass_mark}分以上（不含{pass_mark}分）。"""
    return evaluation_score > pass_mark


@rule(id="hnte.qualifies", ref="国科发火〔2008〕172号, art. 10", start="2008-01-01")
def qualifies(
    age_met: Bool,
    core_ip_owned: Bool,
    core_ip_licensed: Bool,
    degree_staff_met: Bool,
    rd_staff_met: Bool,
    rd_share_met: Bool,
    rd_domestic_met: Bool,
    hightech_income_met: Bool,
    evaluation_met: Bool,
) -> Bool:
    """The firm meets all conditions of recognition at once.
    企业同时满足高新技术企业认定的全部条件。"""
    return (
        age_met
        and (core_ip_owned or core_ip_licensed)
        and degree_staff_met
        and rd_staff_met
        and rd_share_met
        and rd_domestic_met
        and hightech_income_met
        and evaluation_met
    )
