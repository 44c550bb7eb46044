"""Technology-based SME: art. 6 and 7 of the Measures, and the direct confirmation."""

from corridor.rulebook.language import Bands, Bool, Count, Money, Rate, Score, band, rule, share


@rule(id="tsme.resident", ref="国科发政〔2017〕115号, art. 6(1)", start="2017-05-03")
def resident(resident_enterprise: Bool) -> Bool:
    """The firm is a resident enterprise registered inside China.
    在中国境内（不包括港、澳、台地区）注册的居民企业。"""
    return resident_enterprise


@rule(id="tsme.employees", ref="国科发政〔2017〕115号, art. 6(2)", start="2017-05-03")
def few_employees(employees: Count, max_employees: Count) -> Bool:
    """The firm has no more than {max_employees} employees.
    职工总数不超过{max_employees}人。"""
    return employees <= max_employees


@rule(id="tsme.sales", ref="国科发政〔2017〕115号, art. 6(2)", start="2017-05-03")
def small_sales(revenue: Money, max_sales: Money) -> Bool:
    """Yearly sales are no more than {max_sales}.
    年销售收入不超过{max_sales}。"""
    return revenue <= max_sales


@rule(id="tsme.assets", ref="国科发政〔2017〕115号, art. 6(2)", start="2017-05-03")
def small_assets(total_assets: Money, max_assets: Money) -> Bool:
    """Total assets are no more than {max_assets}.
    资产总额不超过{max_assets}。"""
    return total_assets <= max_assets


@rule(id="tsme.industry", ref="国科发政〔2017〕115号, art. 6(3)", start="2017-05-03")
def industry_allowed(prohibited_industry: Bool) -> Bool:
    """The firm's products and services are not among the prohibited, restricted or obsolete ones.
    企业提供的产品和服务不属于国家规定的禁止、限制和淘汰类。"""
    return not prohibited_industry


@rule(id="tsme.no_accident", ref="国科发政〔2017〕115号, art. 6(4)", start="2017-05-03")
def no_accident(major_incident: Bool) -> Bool:
    """No major safety or quality accident in the year before or in the year of the declaration.
    企业在填报上一年及当年内未发生重大安全、重大质量事故。"""
    return not major_incident


@rule(id="tsme.no_breach", ref="国科发政〔2017〕115号, art. 6(4)", start="2017-05-03")
def no_breach(serious_breach: Bool) -> Bool:
    """No serious environmental breach or research dishonesty in those years, and no listing as abnormal or dishonest.
    企业在填报上一年及当年内未发生严重环境违法、科研严重失信行为，且未列入经营异常名录和严重违法失信企业名单。"""
    return not serious_breach


@rule(id="tsme.staff_points", ref="国科发政〔2017〕115号, art. 7(1)", start="2017-05-03")
def staff_points(st_employees: Count, employees: Count, staff_points_by_share: Bands) -> Score:
    """Points by the share of science and technology staff in all staff.
    科技人员指标得分，按科技人员数占企业职工总数的比例分档。"""
    return band(share(st_employees, of=employees), staff_points_by_share)


@rule(id="tsme.rd_points_by_sales", ref="国科发政〔2017〕115号, art. 7(2)(1)", start="2017-05-03")
def rd_points_by_sales(rd_expenditure: Money, revenue: Money, rd_points_by_sales_share: Bands) -> Score:
    """Points by the share of R&D expenditure in sales.
    研发投入指标得分，按企业研发费用总额占销售收入的比例分档。"""
    return band(share(rd_expenditure, of=revenue), rd_points_by_sales_share)


@rule(id="tsme.rd_points_by_costs", ref="国科发政〔2017〕115号, art. 7(2)(2)", start="2017-05-03")
def rd_points_by_costs(rd_expenditure: Money, costs_and_expenses: Money, rd_points_by_cost_share: Bands) -> Score:
    """Points by the share of R&D expenditure in costs and expenses.
    研发投入指标得分，按企业研发费用总额占成本费用支出总额的比例分档。"""
    return band(share(rd_expenditure, of=costs_and_expenses), rd_points_by_cost_share)


@rule(id="tsme.ip_points", ref="国科发政〔2017〕115号, art. 7(3)", start="2017-05-03")
def ip_points(
    class1_ip: Count, class2_ip: Count, class1_ip_enough: Count, class1_points: Score, class2_points: Bands
) -> Score:
    """Points for results: {class1_points} with {class1_ip_enough} class I right, otherwise by the class II rights.
    科技成果指标得分：拥有{class1_ip_enough}项及以上Ⅰ类知识产权得{class1_points}分，否则按Ⅱ类知识产权数分档。"""
    if class1_ip >= class1_ip_enough:
        return class1_points
    return band(class2_ip, class2_points)


@rule(id="tsme.score_by_sales", ref="国科发政〔2017〕115号, art. 7", start="2017-05-03")
def score_by_sales(staff_points: Score, rd_points_by_sales: Score, ip_points: Score) -> Score:
    """The score of a firm that chooses to measure its R&D by sales.
    选择按销售收入评价研发投入时的综合评价得分。"""
    return staff_points + rd_points_by_sales + ip_points


@rule(id="tsme.score_by_costs", ref="国科发政〔2017〕115号, art. 7", start="2017-05-03")
def score_by_costs(staff_points: Score, rd_points_by_costs: Score, ip_points: Score) -> Score:
    """The score of a firm that chooses to measure its R&D by costs and expenses.
    选择按成本费用支出评价研发投入时的综合评价得分。"""
    return staff_points + rd_points_by_costs + ip_points


@rule(id="tsme.rd_points", ref="国科发政〔2017〕115号, art. 7(2)", start="2017-05-03")
def rd_points(rd_points_by_sales: Score, rd_points_by_costs: Score, full_rd_points: Score) -> Score:
    """Points for R&D input by the better of the two ways, {full_rd_points} at most.
    研发投入指标得分，由企业从两项中选择一项，取较高者，满分{full_rd_points}分。"""
    # Full marks by one way need no other: then the base of the other way may be missing.
    if rd_points_by_sales >= full_rd_points or rd_points_by_costs >= full_rd_points:
        return full_rd_points
    return max(rd_points_by_sales, rd_points_by_costs)


@rule(id="tsme.score", ref="国科发政〔2017〕115号, art. 7", start="2017-05-03")
def score(staff_points: Score, rd_points: Score, ip_points: Score) -> Score:
    """The score by the way of measuring R&D that is better for the firm, which chooses one.
    综合评价得分；研发投入指标由企业从两项中选择一项，取较高者。"""
    return staff_points + rd_points + ip_points


@rule(id="tsme.score_by_sales_met", ref="国科发政〔2017〕115号, art. 6(5), 7(2)(1)", start="2017-05-03")
def score_by_sales_met(score_by_sales: Score, min_score: Score) -> Bool:
    """With R&D measured by sales the score is at least {min_score}.
    选择按销售收入评价研发投入时，综合评价所得分值不低于{min_score}分。"""
    return score_by_sales >= min_score


@rule(id="tsme.score_by_costs_met", ref="国科发政〔2017〕115号, art. 6(5), 7(2)(2)", start="2017-05-03")
def score_by_costs_met(score_by_costs: Score, min_score: Score) -> Bool:
    """Or, with R&D measured by costs and expenses, the score is at least {min_score}.
    或选择按成本费用支出评价研发投入时，综合评价所得分值不低于{min_score}分。"""
    return score_by_costs >= min_score


@rule(id="tsme.staff_points_not_zero", ref="国科发政〔2017〕115号, art. 6(5)", start="2017-05-03")
def staff_points_not_zero(staff_points: Score) -> Bool:
    """The points for science and technology staff are not 0.
    科技人员指标得分不得为0分。"""
    return staff_points != 0


@rule(id="tsme.direct_hnte", ref="国科发政〔2017〕115号, 直接确认", start="2017-05-03")
def directly_by_hnte(holds_hnte: Bool) -> Bool:
    """A valid certificate as a high-tech enterprise confirms the firm without a score.
    拥有有效期内高新技术企业资格证书的，可直接确认。"""
    return holds_hnte


@rule(id="tsme.direct_award", ref="国科发政〔2017〕115号, 直接确认", start="2017-05-03")
def directly_by_award(national_award_5y: Bool) -> Bool:
    """A national science and technology award of the last five years, among the top three, confirms without a score.
    近五年内获得过国家级科技奖励，并在获奖单位中排在前三名的，可直接确认。"""
    return national_award_5y


@rule(id="tsme.direct_rd_body", ref="国科发政〔2017〕115号, 直接确认", start="2017-05-03")
def directly_by_rd_body(provincial_rd_body: Bool) -> Bool:
    """A recognised R&D body of provincial or ministerial rank or higher confirms without a score.
    拥有经认定的省部级以上研发机构的，可直接确认。"""
    return provincial_rd_body


@rule(id="tsme.direct_standard", ref="国科发政〔2017〕115号, 直接确认", start="2017-05-03")
def directly_by_standard(led_standard_5y: Bool) -> Bool:
    """An international, national or industry standard led in the last five years confirms without a score.
    近五年内主导制定过国际标准、国家标准或行业标准的，可直接确认。"""
    return led_standard_5y


@rule(id="tsme.directly_confirmed", ref="国科发政〔2017〕115号, 直接确认", start="2017-05-03")
def directly_confirmed(
    directly_by_hnte: Bool, directly_by_award: Bool, directly_by_rd_body: Bool, directly_by_standard: Bool
) -> Bool:
    """One of the four confirms the firm directly.
    符合四项条件之一的，可直接确认符合科技型中小企业条件。"""
    return directly_by_hnte or directly_by_award or directly_by_rd_body or directly_by_standard


@rule(id="tsme.evaluated", ref="国科发政〔2017〕115号, art. 6(5)", start="2017-05-03")
def evaluated(score_by_sales_met: Bool, score_by_costs_met: Bool, staff_points_not_zero: Bool) -> Bool:
    """The score is high enough in the way that the firm chooses, and the points for staff are not 0.
    综合评价所得分值符合要求（研发投入指标由企业任选一项），且科技人员指标得分不为0分。"""
    return (score_by_sales_met or score_by_costs_met) and staff_points_not_zero


@rule(id="tsme.qualifies", ref="国科发政〔2017〕115号, art. 6; 直接确认", start="2017-05-03")
def qualifies(
    resident: Bool,
    few_employees: Bool,
    small_sales: Bool,
    small_assets: Bool,
    industry_allowed: Bool,
    no_accident: Bool,
    no_breach: Bool,
    directly_confirmed: Bool,
    evaluated: Bool,
) -> Bool:
    """The firm meets the general conditions, and either is confirmed directly or passes the evaluation.
    企业同时满足各项基本条件，且可直接确认或评价合格。"""
    return (
        resident
        and few_employees
        and small_sales
        and small_assets
        and industry_allowed
        and no_accident
        and no_breach
        and (directly_confirmed or evaluated)
    )
