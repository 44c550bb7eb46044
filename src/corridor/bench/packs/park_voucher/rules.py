from corridor.rulebook.language import Bands, Bool, Count, Money, Rate, band, half_up, rule, share


@rule(id="park.rd_share", ref="Benchmark, test 1", start="2018-01-01")
def rd_share_met(rd_expenditure: Money, revenue: Money, min_rd_share: Rate) -> Bool:
    """R&D spending is at least {min_rd_share} of revenue.
    研发费用不低于收入的{min_rd_share}。"""
    return share(rd_expenditure, of=revenue) >= min_rd_share


@rule(id="park.tertiary_share", ref="Benchmark, test 2", start="2018-01-01")
def tertiary_share_met(tertiary_employees: Count, employees: Count, min_tertiary_share: Rate) -> Bool:
    """At least {min_tertiary_share} of the employees have a college degree.
    具有大专以上学历的职工不低于职工总数的{min_tertiary_share}。"""
    return share(tertiary_employees, of=employees) >= min_tertiary_share


@rule(id="park.rd_staff_share", ref="Benchmark, test 3", start="2018-01-01")
def rd_staff_share_met(rd_employees: Count, employees: Count, min_rd_staff_share: Rate) -> Bool:
    """At least {min_rd_staff_share} of the employees work in R&D.
    研发人员不低于职工总数的{min_rd_staff_share}。"""
    return share(rd_employees, of=employees) >= min_rd_staff_share


@rule(id="park.qualifies", ref="Benchmark", start="2018-01-01")
def qualifies(rd_share_met: Bool, tertiary_share_met: Bool, rd_staff_share_met: Bool) -> Bool:
    """The firm meets all three tests.
    企业符合全部三项标准。"""
    return rd_share_met and tertiary_share_met and rd_staff_share_met


@rule(id="voucher.cap", ref="Benchmark, table 1", start="2018-01-01")
def voucher_cap(revenue: Money, voucher_caps: Bands) -> Money:
    """The highest voucher of the firm's revenue tier.
    企业收入档次对应的创新券上限。"""
    return band(revenue, voucher_caps)


@rule(id="voucher.amount", ref="Benchmark, test 4", start="2018-01-01")
def voucher(qualifies: Bool, rd_expenditure: Money, voucher_share: Rate, voucher_cap: Money) -> Money:
    """{voucher_share} of R&D spending, rounded half up to the fen, up to the cap; nothing for a firm that fails.
    研发费用的{voucher_share}，四舍五入到分，不超过上限；不符合条件的企业为零。"""
    if qualifies:
        return min(half_up(voucher_share * rd_expenditure), voucher_cap)
    else:
        return 0
