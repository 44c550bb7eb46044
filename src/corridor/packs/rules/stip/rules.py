"""The three qualifications of a firm in a science and technology industrial park, as an article of 2018 tells them."""

from corridor.rulebook.language import Bool, Count, Money, Rate, rule, share


@rule(
    id="stip.rd_share",
    ref="Article of 2018, qualification 1",
    start="2018-01-01",
)
def rd_share_met(rd_expenditure: Money, revenue: Money, min_rd_share: Rate) -> Bool:
    """R&D expenditure is at least {min_rd_share} of annual gross revenue.
    研究开发费用占年度总收入的比例不低于{min_rd_share}。"""
    return share(rd_expenditure, of=revenue) >= min_rd_share


@rule(
    id="stip.tertiary_share",
    ref="Article of 2018, qualification 2",
    start="2018-01-01",
)
def tertiary_share_met(tertiary_employees: Count, employees: Count, min_tertiary_share: Rate) -> Bool:
    """At least {min_tertiary_share} of the employees hold a tertiary-level degree.
    具有大专以上学历的职工占职工总数的比例不低于{min_tertiary_share}。"""
    return share(tertiary_employees, of=employees) >= min_tertiary_share


@rule(
    id="stip.rd_staff_share",
    ref="Article of 2018, qualification 3",
    start="2018-01-01",
)
def rd_staff_share_met(rd_employees: Count, employees: Count, min_rd_staff_share: Rate) -> Bool:
    """At least {min_rd_staff_share} of the workforce is in the R&D department.
    研发部门人员占职工总数的比例不低于{min_rd_staff_share}。"""
    return share(rd_employees, of=employees) >= min_rd_staff_share


@rule(
    id="stip.qualifies",
    ref="How Science and Technology Industrial Parks Invigorated Western China's Economy, 2018",
    start="2018-01-01",
)
def qualifies(rd_share_met: Bool, tertiary_share_met: Bool, rd_staff_share_met: Bool) -> Bool:
    """The firm meets all three qualifications of the park.
    企业同时满足园区的三项条件。"""
    return rd_share_met and tertiary_share_met and rd_staff_share_met
