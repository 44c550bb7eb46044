"""The recognition standard for little giants: six tests at once, the innovative one also by a direct route."""

from corridor.rulebook.language import Bands, Bool, Count, Money, Rate, band, rule, share


@rule(
    id="little_giant.niche_years",
    ref="工信部企业〔2022〕63号, little-giant standard, 1 specialised",
    start="2022-08-01",
)
def niche_years_met(niche_years: Count, min_niche_years: Count) -> Bool:
    """The firm has worked in its niche market for at least {min_niche_years} years.
    从事特定细分市场时间达到{min_niche_years}年以上。"""
    return niche_years >= min_niche_years


@rule(
    id="little_giant.main_share", ref="工信部企业〔2022〕63号, little-giant standard, 1 specialised", start="2022-08-01"
)
def main_share_met(main_business_income: Money, revenue: Money, min_main_share: Rate) -> Bool:
    """Main business income is at least {min_main_share} of revenue.
    主营业务收入总额占营业收入总额比重不低于{min_main_share}。"""
    return share(main_business_income, of=revenue) >= min_main_share


@rule(id="little_giant.growth", ref="工信部企业〔2022〕63号, little-giant standard, 1 specialised", start="2022-08-01")
def growth_met(main_income_growth_2y: Rate, min_growth: Rate) -> Bool:
    """Main business income grew by at least {min_growth} a year in the mean of two years.
    近2年主营业务收入平均增长率不低于{min_growth}。"""
    return main_income_growth_2y >= min_growth


@rule(
    id="little_giant.specialised",
    ref="工信部企业〔2022〕63号, little-giant standard, 1 specialised",
    start="2022-08-01",
)
def specialised(niche_years_met: Bool, main_share_met: Bool, growth_met: Bool) -> Bool:
    """The firm is specialised: years in the niche, main business share and growth.
    专业化指标：从事细分市场年限、主营业务收入比重和增长率均达到要求。"""
    return niche_years_met and main_share_met and growth_met


@rule(
    id="little_giant.core_process", ref="工信部企业〔2022〕63号, little-giant standard, 2 refined", start="2022-08-01"
)
def core_process_met(core_process_on_system: Bool) -> Bool:
    """At least one core process runs on an information system.
    至少一项核心业务采用信息系统支撑。"""
    return core_process_on_system


@rule(
    id="little_giant.management_certificate",
    ref="工信部企业〔2022〕63号, little-giant standard, 2 refined",
    start="2022-08-01",
)
def management_certificate_met(management_certificate: Bool) -> Bool:
    """The firm holds a management certificate.
    取得相关管理体系认证。"""
    return management_certificate


@rule(id="little_giant.debt_ratio", ref="工信部企业〔2022〕63号, little-giant standard, 2 refined", start="2022-08-01")
def debt_ratio_met(total_liabilities: Money, total_assets: Money, max_debt_ratio: Rate) -> Bool:
    """Liabilities are at most {max_debt_ratio} of assets.
    资产负债率不高于{max_debt_ratio}。"""
    return share(total_liabilities, of=total_assets) <= max_debt_ratio


@rule(id="little_giant.refined", ref="工信部企业〔2022〕63号, little-giant standard, 2 refined", start="2022-08-01")
def refined(core_process_met: Bool, management_certificate_met: Bool, debt_ratio_met: Bool) -> Bool:
    """The firm is refined: information system, management certificate and debt ratio.
    精细化指标：信息系统、管理体系认证和资产负债率均达到要求。"""
    return core_process_met and management_certificate_met and debt_ratio_met


@rule(
    id="little_giant.niche_share",
    ref="工信部企业〔2022〕63号, little-giant standard, 3 distinctive",
    start="2022-08-01",
)
def niche_share_met(niche_market_share: Rate, min_niche_share: Rate) -> Bool:
    """The leading product has at least {min_niche_share} of its national niche market.
    主导产品在全国细分市场占有率达到{min_niche_share}以上。"""
    return niche_market_share >= min_niche_share


@rule(
    id="little_giant.own_brand", ref="工信部企业〔2022〕63号, little-giant standard, 3 distinctive", start="2022-08-01"
)
def own_brand_met(own_brand: Bool) -> Bool:
    """The firm has a brand of its own.
    拥有自主品牌。"""
    return own_brand


@rule(
    id="little_giant.distinctive",
    ref="工信部企业〔2022〕63号, little-giant standard, 3 distinctive",
    start="2022-08-01",
)
def distinctive(niche_share_met: Bool, own_brand_met: Bool) -> Bool:
    """The firm is distinctive: share of the niche market and own brand.
    特色化指标：细分市场占有率和自主品牌均达到要求。"""
    return niche_share_met and own_brand_met


@rule(
    id="little_giant.rd_share",
    ref="工信部企业〔2022〕63号, little-giant standard, 4 innovative, general (1)",
    start="2022-08-01",
)
def rd_share_met(rd_expenditure: Money, revenue: Money, small_revenue: Money, min_rd_share_by_revenue: Bands) -> Bool:
    """Revenue from {small_revenue}: R&D of last year reaches the share of revenue that the size asks for.
    营业收入{small_revenue}以上的企业：上年度研发费用总额占营业收入总额比重达到相应下限。"""
    if revenue >= small_revenue:
        return share(rd_expenditure, of=revenue) >= band(revenue, min_rd_share_by_revenue)
    return True


@rule(
    id="little_giant.rd_share_prior",
    ref="工信部企业〔2022〕63号, little-giant standard, 4 innovative, general (1)",
    start="2022-08-01",
)
def rd_share_prior_met(
    rd_expenditure_prior_year: Money,
    revenue_prior_year: Money,
    revenue: Money,
    small_revenue: Money,
    min_rd_share_by_revenue: Bands,
) -> Bool:
    """Revenue from {small_revenue}: R&D of the year before last reaches the same share of that year's revenue.
    营业收入{small_revenue}以上的企业：上上年度研发费用总额占营业收入总额比重达到同一下限。"""
    if revenue >= small_revenue:
        return share(rd_expenditure_prior_year, of=revenue_prior_year) >= band(revenue, min_rd_share_by_revenue)
    return True


@rule(
    id="little_giant.small_equity",
    ref="工信部企业〔2022〕63号, little-giant standard, 4 innovative, general (1)",
    start="2022-08-01",
)
def small_equity_met(revenue: Money, small_revenue: Money, new_equity_2y: Money, min_new_equity_2y: Money) -> Bool:
    """Revenue below {small_revenue}: at least {min_new_equity_2y} of new equity within two years.
    营业收入不足{small_revenue}的企业：近2年新增股权融资总额（合格机构投资者的实缴额）{min_new_equity_2y}以上。"""
    if revenue < small_revenue:
        return new_equity_2y >= min_new_equity_2y
    return True


@rule(
    id="little_giant.small_rd",
    ref="工信部企业〔2022〕63号, little-giant standard, 4 innovative, general (1)",
    start="2022-08-01",
)
def small_rd_met(revenue: Money, small_revenue: Money, rd_expenditure: Money, min_rd_expenditure: Money) -> Bool:
    """Revenue below {small_revenue}: R&D of at least {min_rd_expenditure}.
    营业收入不足{small_revenue}的企业：研发费用总额{min_rd_expenditure}以上。"""
    if revenue < small_revenue:
        return rd_expenditure >= min_rd_expenditure
    return True


@rule(
    id="little_giant.small_rd_staff",
    ref="工信部企业〔2022〕63号, little-giant standard, 4 innovative, general (1)",
    start="2022-08-01",
)
def small_rd_staff_met(
    revenue: Money, small_revenue: Money, rd_employees: Count, employees: Count, min_rd_staff_share: Rate
) -> Bool:
    """Revenue below {small_revenue}: at least {min_rd_staff_share} of the employees are R&D staff.
    营业收入不足{small_revenue}的企业：研发人员占企业职工总数比重{min_rd_staff_share}以上。"""
    if revenue < small_revenue:
        return share(rd_employees, of=employees) >= min_rd_staff_share
    return True


@rule(
    id="little_giant.rd_input",
    ref="工信部企业〔2022〕63号, little-giant standard, 4 innovative, general (1)",
    start="2022-08-01",
)
def rd_input_met(
    rd_share_met: Bool,
    rd_share_prior_met: Bool,
    small_equity_met: Bool,
    small_rd_met: Bool,
    small_rd_staff_met: Bool,
) -> Bool:
    """R&D input, by the size of the firm: shares of revenue in both years, or new equity, R&D and R&D staff.
    研发投入按企业规模衡量：近2年研发费用比重，或者新增股权融资、研发费用和研发人员比重。"""
    return rd_share_met and rd_share_prior_met and small_equity_met and small_rd_met and small_rd_staff_met


@rule(
    id="little_giant.rd_body",
    ref="工信部企业〔2022〕63号, little-giant standard, 4 innovative, general (2)",
    start="2022-08-01",
)
def rd_body_met(rd_body: Bool) -> Bool:
    """The firm has an R&D body, of its own or with a university or institute.
    自建或与高等院校、科研机构联合建立研发机构。"""
    return rd_body


@rule(
    id="little_giant.class1_ip",
    ref="工信部企业〔2022〕63号, little-giant standard, 4 innovative, general (3)",
    start="2022-08-01",
)
def class1_ip_met(class1_ip_in_use: Count, min_class1_ip: Count) -> Bool:
    """At least {min_class1_ip} class I rights tied to the leading product are in use and earning.
    拥有{min_class1_ip}项以上与主导产品相关的Ⅰ类知识产权，且实际应用并已产生经济效益。"""
    return class1_ip_in_use >= min_class1_ip


@rule(
    id="little_giant.innovative_general",
    ref="工信部企业〔2022〕63号, little-giant standard, 4 innovative, general",
    start="2022-08-01",
)
def innovative_general(rd_input_met: Bool, rd_body_met: Bool, class1_ip_met: Bool) -> Bool:
    """General condition of the innovative test: R&D input, R&D body and class I rights.
    创新能力一般性条件：研发投入、研发机构和Ⅰ类知识产权同时达到要求。"""
    return rd_input_met and rd_body_met and class1_ip_met


@rule(
    id="little_giant.award",
    ref="工信部企业〔2022〕63号, little-giant standard, 4 innovative, direct (1)",
    start="2022-08-01",
)
def award_route(national_award_3y: Bool) -> Bool:
    """Direct route: among the top three winners of a national science and technology award in three years.
    创新直通条件：近三年获得国家级科技奖励，并在获奖单位中排名前三。"""
    return national_award_3y


@rule(
    id="little_giant.maker",
    ref="工信部企业〔2022〕63号, little-giant standard, 4 innovative, direct (2)",
    start="2022-08-01",
)
def maker_route(maker_top50_3y: Bool) -> Bool:
    """Direct route: in the national top 50 of the Maker-in-China enterprise group in three years.
    创新直通条件：近三年进入“创客中国”中小企业创新创业大赛全国50强企业组名单。"""
    return maker_top50_3y


@rule(
    id="little_giant.innovative", ref="工信部企业〔2022〕63号, little-giant standard, 4 innovative", start="2022-08-01"
)
def innovative(innovative_general: Bool, award_route: Bool, maker_route: Bool) -> Bool:
    """The firm is innovative: by the general condition or by one direct route.
    创新能力指标：满足一般性条件，或者满足创新直通条件之一。"""
    return innovative_general or award_route or maker_route


@rule(id="little_giant.chain", ref="工信部企业〔2022〕63号, little-giant standard, 5 chain", start="2022-08-01")
def chain_met(chain_key_link: Bool) -> Bool:
    """The firm sits at a key link of a priority chain and fills or strengthens it (an assessor's judgement).
    产业链配套指标：位于产业链关键环节，发挥补短板、锻长板、填空白等重要作用（由评审认定）。"""
    return chain_key_link


@rule(
    id="little_giant.product_field",
    ref="工信部企业〔2022〕63号, little-giant standard, 6 product field",
    start="2022-08-01",
)
def product_field_met(priority_product_field: Bool) -> Bool:
    """The leading product is, in principle, in a priority field (an assessor's judgement).
    主导产品所属领域指标：原则上属于重点领域（由评审认定）。"""
    return priority_product_field


@rule(id="little_giant.no_holding_link", ref="2022 notice on proposing little giants", start="2022-08-01")
def no_holding_link(little_giant_shareholding: Rate, max_little_giant_shareholding: Rate) -> Bool:
    """No recognised little giant is linked by a shareholding above {max_little_giant_shareholding}.
    与已认定的“小巨人”企业之间不存在{max_little_giant_shareholding}以上（不含）的股权关系。"""
    return little_giant_shareholding <= max_little_giant_shareholding


@rule(id="little_giant.no_sister", ref="2022 notice on proposing little giants", start="2022-08-01")
def no_sister(little_giant_sister: Bool) -> Bool:
    """No recognised little giant of the same group has a similar main product.
    同一集团内没有主导产品相近的“小巨人”企业。"""
    return not little_giant_sister


@rule(id="little_giant.qualifies", ref="工信部企业〔2022〕63号, little-giant standard", start="2022-08-01")
def qualifies(
    specialised: Bool,
    refined: Bool,
    distinctive: Bool,
    innovative: Bool,
    chain_met: Bool,
    product_field_met: Bool,
    no_holding_link: Bool,
    no_sister: Bool,
) -> Bool:
    """The firm meets all six tests, and nothing bars it from being proposed.
    企业同时满足专、精、特、新、链、品六个方面指标，且不存在不予推荐的情形。"""
    return (
        specialised
        and refined
        and distinctive
        and innovative
        and chain_met
        and product_field_met
        and no_holding_link
        and no_sister
    )
