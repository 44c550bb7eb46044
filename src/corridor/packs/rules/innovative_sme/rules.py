"""The evaluation standard for innovative SMEs: a score with three minimum parts, or one direct route."""

from corridor.rulebook.language import Bands, Bool, Count, Money, Score, band, rule, share


@rule(id="innovative_sme.ip", ref="工信部企业〔2022〕63号, innovative SME standard, indicator 1", start="2022-08-01")
def ip_score(
    high_value_class1_ip: Count,
    own_class1_ip: Count,
    class1_ip: Count,
    class2_ip: Count,
    class1_ip_enough: Count,
    class2_ip_enough: Count,
    high_value_class1_points: Score,
    own_class1_points: Score,
    class1_points: Score,
    class2_points: Score,
) -> Score:
    """Points for the best right tied to the main product: high-value class I, own class I, class I, or class II.
    与主导产品相关的有效知识产权得分，按Ⅰ类高价值、自主研发Ⅰ类、Ⅰ类、Ⅱ类取最高一档。"""
    # All class I rights first: a firm without one is not asked how many are of high value or its own.
    if class1_ip < class1_ip_enough:
        return class2_points if class2_ip >= class2_ip_enough else 0
    if high_value_class1_ip >= class1_ip_enough:
        return high_value_class1_points
    if own_class1_ip >= class1_ip_enough:
        return own_class1_points
    return class1_points


@rule(id="innovative_sme.rd", ref="工信部企业〔2022〕63号, innovative SME standard, indicator 2", start="2022-08-01")
def rd_score(rd_expenditure: Money, revenue: Money, rd_share_points: Bands) -> Score:
    """Points for R&D expenditure over revenue of last year.
    上年度研究开发费用总额占营业收入总额比重得分。"""
    return band(share(rd_expenditure, of=revenue), rd_share_points)


@rule(
    id="innovative_sme.growth_rate",
    ref="工信部企业〔2022〕63号, innovative SME standard, indicator 3",
    start="2022-08-01",
)
def growth_rate_score(
    main_business_income: Money, main_business_income_prior_year: Money, growth_points: Bands
) -> Score:
    """Points for last year's growth of main business income.
    上年度主营业务收入增长率得分。"""
    return band(
        share(main_business_income - main_business_income_prior_year, of=main_business_income_prior_year), growth_points
    )


@rule(id="innovative_sme.debt", ref="工信部企业〔2022〕63号, innovative SME standard, indicator 4", start="2022-08-01")
def debt_score(total_liabilities: Money, total_assets: Money, debt_ratio_points: Bands) -> Score:
    """Points for liabilities over assets at the end of last year.
    上年度资产负债率得分。"""
    return band(share(total_liabilities, of=total_assets), debt_ratio_points)


@rule(
    id="innovative_sme.product_field",
    ref="工信部企业〔2022〕63号, innovative SME standard, indicator 5",
    start="2022-08-01",
)
def product_field_score(
    strategic_emerging_product: Bool, strategic_product_points: Score, other_product_points: Score
) -> Score:
    """A main product in a strategic emerging industry gives {strategic_product_points}, another {other_product_points}.
    主导产品属于战略性新兴产业的得{strategic_product_points}，属于其他领域的得{other_product_points}。"""
    return strategic_product_points if strategic_emerging_product else other_product_points


@rule(
    id="innovative_sme.main_business",
    ref="工信部企业〔2022〕63号, innovative SME standard, indicator 6",
    start="2022-08-01",
)
def main_business_score(main_business_income: Money, revenue: Money, main_share_points: Bands) -> Score:
    """Points for main business income over revenue of last year.
    上年度主营业务收入总额占营业收入总额比重得分。"""
    return band(share(main_business_income, of=revenue), main_share_points)


@rule(
    id="innovative_sme.innovation",
    ref="工信部企业〔2022〕63号, innovative SME standard, innovation",
    start="2022-08-01",
)
def innovation_score(ip_score: Score, rd_score: Score) -> Score:
    """Innovation: intellectual property and R&D.
    创新能力指标得分：知识产权与研究开发费用。"""
    return ip_score + rd_score


@rule(id="innovative_sme.growth", ref="工信部企业〔2022〕63号, innovative SME standard, growth", start="2022-08-01")
def growth_score(growth_rate_score: Score, debt_score: Score) -> Score:
    """Growth: main business growth and debt ratio.
    成长性指标得分：主营业务收入增长率与资产负债率。"""
    return growth_rate_score + debt_score


@rule(
    id="innovative_sme.specialisation",
    ref="工信部企业〔2022〕63号, innovative SME standard, specialisation",
    start="2022-08-01",
)
def specialisation_score(product_field_score: Score, main_business_score: Score) -> Score:
    """Specialisation: field of the main product and main business share.
    专业化指标得分：主导产品所属领域与主营业务收入比重。"""
    return product_field_score + main_business_score


@rule(id="innovative_sme.score", ref="工信部企业〔2022〕63号, innovative SME standard, indicators", start="2022-08-01")
def score(innovation_score: Score, growth_score: Score, specialisation_score: Score) -> Score:
    """The score, of one hundred points.
    评价得分，满分一百分。"""
    return innovation_score + growth_score + specialisation_score


@rule(
    id="innovative_sme.score_met",
    ref="工信部企业〔2022〕63号, innovative SME standard, announcement conditions",
    start="2022-08-01",
)
def score_met(score: Score, min_score: Score) -> Bool:
    """The score is at least {min_score}.
    评价得分不低于{min_score}。"""
    return score >= min_score


@rule(
    id="innovative_sme.innovation_met",
    ref="工信部企业〔2022〕63号, innovative SME standard, announcement conditions",
    start="2022-08-01",
)
def innovation_met(innovation_score: Score, min_innovation_score: Score) -> Bool:
    """The innovation part is at least {min_innovation_score}.
    创新能力指标得分不低于{min_innovation_score}。"""
    return innovation_score >= min_innovation_score


@rule(
    id="innovative_sme.growth_met",
    ref="工信部企业〔2022〕63号, innovative SME standard, announcement conditions",
    start="2022-08-01",
)
def growth_met(growth_score: Score, min_growth_score: Score) -> Bool:
    """The growth part is at least {min_growth_score}.
    成长性指标得分不低于{min_growth_score}。"""
    return growth_score >= min_growth_score


@rule(
    id="innovative_sme.specialisation_met",
    ref="工信部企业〔2022〕63号, innovative SME standard, announcement conditions",
    start="2022-08-01",
)
def specialisation_met(specialisation_score: Score, min_specialisation_score: Score) -> Bool:
    """The specialisation part is at least {min_specialisation_score}.
    专业化指标得分不低于{min_specialisation_score}。"""
    return specialisation_score >= min_specialisation_score


@rule(
    id="innovative_sme.by_score",
    ref="工信部企业〔2022〕63号, innovative SME standard, announcement conditions",
    start="2022-08-01",
)
def by_score(score_met: Bool, innovation_met: Bool, growth_met: Bool, specialisation_met: Bool) -> Bool:
    """The score and each of its three parts reach their minimum.
    评价得分及三类指标得分均达到要求。"""
    return score_met and innovation_met and growth_met and specialisation_met


@rule(
    id="innovative_sme.award",
    ref="工信部企业〔2022〕63号, innovative SME standard, announcement conditions (1)",
    start="2022-08-01",
)
def award_route(science_award_3y: Bool) -> Bool:
    """Direct route: a national or provincial science and technology award within three years.
    直通条件：近三年内获得过国家级、省级科技奖励。"""
    return science_award_3y


@rule(
    id="innovative_sme.hnte",
    ref="工信部企业〔2022〕63号, innovative SME standard, announcement conditions (2)",
    start="2022-08-01",
)
def hnte_route(holds_hnte: Bool) -> Bool:
    """Direct route: a valid certificate as a high and new technology enterprise.
    直通条件：持有有效的高新技术企业资格。"""
    return holds_hnte


@rule(
    id="innovative_sme.honour",
    ref="工信部企业〔2022〕63号, innovative SME standard, announcement conditions (2)",
    start="2022-08-01",
)
def honour_route(national_innovation_honour: Bool) -> Bool:
    """Direct route: a valid national innovation demonstration or intellectual-property title.
    直通条件：持有有效的国家级技术创新示范企业、知识产权优势企业或知识产权示范企业荣誉。"""
    return national_innovation_honour


@rule(
    id="innovative_sme.rd_body",
    ref="工信部企业〔2022〕63号, innovative SME standard, announcement conditions (3)",
    start="2022-08-01",
)
def rd_body_route(provincial_rd_body: Bool) -> Bool:
    """Direct route: a recognised R&D body at provincial level or above.
    直通条件：拥有经认定的省部级以上研发机构。"""
    return provincial_rd_body


@rule(
    id="innovative_sme.equity",
    ref="工信部企业〔2022〕63号, innovative SME standard, announcement conditions (4)",
    start="2022-08-01",
)
def equity_route(new_equity_3y: Money, min_new_equity_3y: Money) -> Bool:
    """Direct route: at least {min_new_equity_3y} of new equity paid in by qualified investors within three years.
    直通条件：近三年新增股权融资总额（合格机构投资者的实缴额）不低于{min_new_equity_3y}。"""
    return new_equity_3y >= min_new_equity_3y


@rule(
    id="innovative_sme.by_direct_route",
    ref="工信部企业〔2022〕63号, innovative SME standard, announcement conditions",
    start="2022-08-01",
)
def by_direct_route(
    award_route: Bool, hnte_route: Bool, honour_route: Bool, rd_body_route: Bool, equity_route: Bool
) -> Bool:
    """One of the direct routes is open.
    满足直通条件之一。"""
    return award_route or hnte_route or honour_route or rd_body_route or equity_route


@rule(
    id="innovative_sme.qualifies",
    ref="工信部企业〔2022〕63号, innovative SME standard, announcement conditions",
    start="2022-08-01",
)
def qualifies(by_score: Bool, by_direct_route: Bool) -> Bool:
    """The firm is an innovative SME, by its score or by one direct route.
    企业评价得分达标或者满足直通条件之一，可公告为创新型中小企业。"""
    return by_score or by_direct_route
