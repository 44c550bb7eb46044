"""High-tech enterprise of a national high-tech zone, rule of 1991: art. 5 of the Conditions and Measures."""

from corridor.rulebook.language import Bool, Count, Money, Rate, rule, share


@rule(id="zone.field", ref="国发〔1991〕12号, art. 5(1)", start="1991-03-06")
def field_met(listed_field: Bool) -> Bool:
    """The firm works in a listed field of high technology and is not purely a trader.
    从事规定范围内的高技术及其产品的研究、开发、生产和经营业务，单纯的商业经营除外。"""
    return listed_field


@rule(id="zone.own_accounts", ref="国发〔1991〕12号, art. 5(2)", start="1991-03-06")
def own_accounts_met(own_accounts: Bool) -> Bool:
    """The firm keeps its own books and answers for its own profit and loss.
    实行独立核算、自主经营、自负盈亏。"""
    return own_accounts


@rule(id="zone.head", ref="国发〔1991〕12号, art. 5(3)", start="1991-03-06")
def head_met(full_time_head: Bool) -> Bool:
    """The head of the firm is a scientist or engineer of its trade and works for it full time.
    企业的负责人是熟悉本企业产品研究、开发、生产和经营的科技人员，并且是本企业的专职人员。"""
    return full_time_head


@rule(id="zone.degree_staff", ref="国发〔1991〕12号, art. 5(4)", start="1991-03-06")
def degree_staff_met(tertiary_st_employees: Count, employees: Count, min_degree_share: Rate) -> Bool:
    """Science and technology staff with a college degree are at least {min_degree_share} of all staff.
    具有大专以上学历的科技人员占企业职工总数的{min_degree_share}以上。"""
    return share(tertiary_st_employees, of=employees) >= min_degree_share


@rule(
    id="zone.degree_staff_labour_intensive",
    ref="国发〔1991〕12号, art. 5(4)",
    start="1991-03-06",
    exception_to="degree_staff_met",
    when="labour_intensive",
)
def degree_staff_met_labour_intensive(
    tertiary_st_employees: Count, employees: Count, min_degree_share_labour_intensive: Rate
) -> Bool:
    """In a labour-intensive firm {min_degree_share_labour_intensive} of all staff are enough.
    从事高新技术产品生产或服务的劳动密集型高新技术企业，具有大专以上学历的科技人员占企业职工总数的{min_degree_share_labour_intensive}以上。"""
    return share(tertiary_st_employees, of=employees) >= min_degree_share_labour_intensive


@rule(id="zone.rd_staff", ref="国发〔1991〕12号, art. 5(4)", start="1991-03-06")
def rd_staff_met(rd_employees: Count, employees: Count, min_rd_staff_share: Rate) -> Bool:
    """Science and technology staff in the R&D of high-tech products are at least {min_rd_staff_share} of all staff.
    从事高新技术产品研究、开发的科技人员占企业职工总数的{min_rd_staff_share}以上。"""
    return share(rd_employees, of=employees) >= min_rd_staff_share


@rule(id="zone.own_funds", ref="国发〔1991〕12号, art. 5(5)", start="1991-03-06")
def own_funds_met(own_funds: Money, min_own_funds: Money) -> Bool:
    """The firm has funds of at least {min_own_funds}.
    企业有{min_own_funds}以上资金。"""
    return own_funds >= min_own_funds


@rule(id="zone.rd_share", ref="国发〔1991〕12号, art. 5(6)", start="1991-03-06")
def rd_share_met(rd_expenditure: Money, revenue: Money, min_rd_share: Rate) -> Bool:
    """Spending on the R&D of high-tech products is at least {min_rd_share} of gross revenue of the year.
    用于高新技术及其产品研究、开发的经费占本企业每年总收入的{min_rd_share}以上。"""
    return share(rd_expenditure, of=revenue) >= min_rd_share


@rule(id="zone.hightech_income", ref="国发〔1991〕12号, art. 5(7)", start="1991-03-06")
def hightech_income_met(hightech_income: Money, revenue: Money, min_hightech_income_share: Rate) -> Bool:
    """Technical income and the value of high-tech products are at least {min_hightech_income_share} of gross revenue.
    企业的技术性收入与高新技术产品产值的总和占本企业当年总收入的{min_hightech_income_share}以上。"""
    return share(hightech_income, of=revenue) >= min_hightech_income_share


@rule(id="zone.operating_term", ref="国发〔1991〕12号, art. 5", start="1991-03-06")
def operating_term_met(operating_term: Count, min_operating_term: Count) -> Bool:
    """The firm is set up for at least {min_operating_term} years.
    企业的经营期在{min_operating_term}年以上。"""
    return operating_term >= min_operating_term


@rule(id="zone.qualifies", ref="国发〔1991〕12号, art. 5", start="1991-03-06")
def qualifies(
    field_met: Bool,
    own_accounts_met: Bool,
    head_met: Bool,
    degree_staff_met: Bool,
    rd_staff_met: Bool,
    own_funds_met: Bool,
    rd_share_met: Bool,
    hightech_income_met: Bool,
    operating_term_met: Bool,
) -> Bool:
    """The firm meets all conditions of recognition at once.
    企业同时具备高新技术企业认定的全部条件。"""
    return (
        field_met
        and own_accounts_met
        and head_met
        and degree_staff_met
        and rd_staff_met
        and own_funds_met
        and rd_share_met
        and hightech_income_met
        and operating_term_met
    )
