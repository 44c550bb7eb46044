"""High-tech enterprise, rule of 2016: art. 11 of the Measures, as the Guide explains it."""

from corridor.rulebook.language import Bands, Bool, Count, Date, Days, Money, Rate, Score, band, rule, share


@rule(id="hnte.age", ref="国科发火〔2016〕32号, art. 11(1); 国科发火〔2016〕195号", start="2016-01-01")
def age_met(registered_on: Date, on: Date, min_days_registered: Days) -> Bool:
    """The firm was registered at least {min_days_registered} calendar days before it applies.
    企业申请认定时须注册成立一年以上（满{min_days_registered}个日历天）。"""
    return on - registered_on >= min_days_registered


@rule(id="hnte.core_ip", ref="国科发火〔2016〕32号, art. 11(2), (3)", start="2016-01-01")
def core_ip_met(holds_core_ip: Bool) -> Bool:
    """The firm owns the intellectual property at the core of its main products (services), in a listed high-tech field.
    企业拥有对其主要产品（服务）在技术上发挥核心支持作用的知识产权的所有权，且该技术属于规定的高新技术领域。"""
    return holds_core_ip


@rule(id="hnte.st_staff", ref="国科发火〔2016〕32号, art. 11(4)", start="2016-01-01")
def st_staff_met(st_employees: Count, employees: Count, min_st_staff_share: Rate) -> Bool:
    """Science and technology staff are at least {min_st_staff_share} of all staff of the year.
    从事研发和相关技术创新活动的科技人员占企业当年职工总数的比例不低于{min_st_staff_share}。"""
    return share(st_employees, of=employees) >= min_st_staff_share


@rule(id="hnte.rd_share_due", ref="国科发火〔2016〕32号, art. 11(5)(1)-(3)", start="2016-01-01")
def rd_share_due(revenue: Money, rd_share_by_sales: Bands) -> Rate:
    """The R&D share that a firm owes, by its sales of the latest year.
    按最近一年销售收入确定的研究开发费用占比要求。"""
    return band(revenue, rd_share_by_sales)


@rule(id="hnte.rd_share", ref="国科发火〔2016〕32号, art. 11(5)", start="2016-01-01")
def rd_share_met(rd_expenditure_3y: Money, revenue_3y: Money, rd_share_due: Rate) -> Bool:
    """R&D expenditure of the last three fiscal years is at least the share of their sales that the firm owes.
    近三个会计年度的研究开发费用总额占同期销售收入总额的比例不低于规定比例。"""
    return share(rd_expenditure_3y, of=revenue_3y) >= rd_share_due


@rule(id="hnte.rd_domestic", ref="国科发火〔2016〕32号, art. 11(5)", start="2016-01-01")
def rd_domestic_met(rd_expenditure_domestic_3y: Money, rd_expenditure_3y: Money, min_domestic_rd_share: Rate) -> Bool:
    """At least {min_domestic_rd_share} of that R&D expenditure was incurred inside China.
    企业在中国境内发生的研究开发费用总额占全部研究开发费用总额的比例不低于{min_domestic_rd_share}。"""
    return share(rd_expenditure_domestic_3y, of=rd_expenditure_3y) >= min_domestic_rd_share


@rule(id="hnte.hightech_income", ref="国科发火〔2016〕32号, art. 11(6)", start="2016-01-01")
def hightech_income_met(hightech_income: Money, total_income: Money, min_hightech_income_share: Rate) -> Bool:
    """Income from high-tech products (services) is at least {min_hightech_income_share} of total income of the year.
    近一年高新技术产品（服务）收入占企业同期总收入的比例不低于{min_hightech_income_share}。"""
    return share(hightech_income, of=total_income) >= min_hightech_income_share


@rule(id="hnte.evaluation", ref="国科发火〔2016〕32号, art. 11(7); 国科发火〔2016〕195号", start="2016-01-01")
def evaluation_met(evaluation_score: Score, pass_mark: Score) -> Bool:
    """The evaluation of innovation capability gives more than {pass_mark} points; {pass_mark} itself fails.
    企业创新能力评价综合得分达到{pass_mark}分以上（不含{pass_mark}分）。"""
    return evaluation_score > pass_mark


@rule(id="hnte.no_accident", ref="国科发火〔2016〕32号, art. 11(8)", start="2016-01-01")
def no_accident(major_incident: Bool) -> Bool:
    """No major safety or quality accident in the year before applying.
    企业申请认定前一年内未发生重大安全、重大质量事故。"""
    return not major_incident


@rule(id="hnte.no_breach", ref="国科发火〔2016〕32号, art. 11(8)", start="2016-01-01")
def no_breach(serious_breach: Bool) -> Bool:
    """No serious breach of environmental law in the year before applying.
    企业申请认定前一年内未发生严重环境违法行为。"""
    return not serious_breach


@rule(id="hnte.qualifies", ref="国科发火〔2016〕32号, art. 11", start="2016-01-01")
def qualifies(
    age_met: Bool,
    core_ip_met: Bool,
    st_staff_met: Bool,
    rd_share_met: Bool,
    rd_domestic_met: Bool,
    hightech_income_met: Bool,
    evaluation_met: Bool,
    no_accident: Bool,
    no_breach: Bool,
) -> Bool:
    """The firm meets all conditions of recognition at once.
    企业同时满足高新技术企业认定的全部条件。"""
    return (
        age_met
        and core_ip_met
        and st_staff_met
        and rd_share_met
        and rd_domestic_met
        and hightech_income_met
        and evaluation_met
        and no_accident
        and no_breach
    )
