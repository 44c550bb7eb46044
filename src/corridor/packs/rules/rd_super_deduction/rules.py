"""How much eligible R&D cost may be deducted beyond its amount, by the day on which the cost was incurred."""

from corridor.rulebook.language import Bool, Money, Rate, half_up, rule

# A kind of firm with a share of its own takes that share alone, not the larger of it and the share of all firms: its own
# share has never been the smaller one, and so its decision does not rest on the share of all firms, which is unconfirmed
# in some years.


@rule(
    id="rd_super_deduction.cost",
    ref="Corporate Income Tax Law (企业所得税法), extra deduction of R&D expenditure",
    start="2008-01-01",
)
def cost_incurred(eligible_rd_expenditure: Money) -> Bool:
    """There is eligible R&D expenditure.
    发生了可加计扣除的研究开发费用。"""
    return eligible_rd_expenditure > 0


@rule(
    id="rd_super_deduction.trade",
    ref="财税〔2015〕119号, art. 4; 国家税务总局公告2015年第97号, art. 4",
    start="2016-01-01",
)
def trade_allowed(excluded_industry: Bool) -> Bool:
    """The firm's main trade is not shut out of the super-deduction.
    企业不属于不适用税前加计扣除政策的行业。"""
    return not excluded_industry


@rule(
    id="rd_super_deduction.qualifies",
    ref="Corporate Income Tax Law, art. 30; Implementing Regulations, art. 95",
    start="2008-01-01",
    end="2015-12-31",
)
def qualifies(cost_incurred: Bool) -> Bool:
    """The firm may deduct an extra share of its R&D expenditure.
    企业的研究开发费用可以在税前加计扣除。"""
    return cost_incurred


@rule(id="rd_super_deduction.qualifies", ref="财税〔2015〕119号", start="2016-01-01")
def qualifies(cost_incurred: Bool, trade_allowed: Bool) -> Bool:
    """The firm may deduct an extra share of its R&D expenditure, its trade allowing.
    企业不属于不适用行业的，其研究开发费用可以在税前加计扣除。"""
    return cost_incurred and trade_allowed


@rule(
    id="rd_super_deduction.extra_share",
    ref="Corporate Income Tax Law, art. 30; Implementing Regulations, art. 95",
    start="2008-01-01",
    end="2015-12-31",
)
def extra_share(general_extra_share: Rate) -> Rate:
    """Every firm deducts {general_extra_share} more.
    各类企业均按{general_extra_share}加计扣除。"""
    return general_extra_share


@rule(
    id="rd_super_deduction.extra_share",
    ref="财税〔2015〕119号",
    start="2016-01-01",
    end="2016-12-31",
)
def extra_share(trade_allowed: Bool, general_extra_share: Rate) -> Rate:
    """Every firm outside the excluded trades deducts {general_extra_share} more.
    不适用行业以外的企业按{general_extra_share}加计扣除。"""
    return general_extra_share if trade_allowed else 0


@rule(
    id="rd_super_deduction.extra_share",
    ref="财税〔2017〕34号; 财税〔2015〕119号; 财税〔2018〕99号",
    start="2017-01-01",
    end="2019-12-31",
)
def extra_share(trade_allowed: Bool, tech_sme: Bool, tech_sme_extra_share: Rate, general_extra_share: Rate) -> Rate:
    """Technology-based SMEs deduct {tech_sme_extra_share} more, other firms {general_extra_share}.
    科技型中小企业按{tech_sme_extra_share}加计扣除，其他企业按{general_extra_share}加计扣除。"""
    if not trade_allowed:
        return 0
    if tech_sme:
        return tech_sme_extra_share
    return general_extra_share


@rule(
    id="rd_super_deduction.extra_share",
    ref="财税〔2018〕99号",
    start="2020-01-01",
    end="2020-12-31",
)
def extra_share(trade_allowed: Bool, general_extra_share: Rate) -> Rate:
    """Every firm outside the excluded trades deducts {general_extra_share} more.
    不适用行业以外的企业按{general_extra_share}加计扣除。"""
    return general_extra_share if trade_allowed else 0


@rule(
    id="rd_super_deduction.extra_share",
    ref="公告2021年第13号; 公告2021年第6号",
    start="2021-01-01",
    end="2021-12-31",
)
def extra_share(
    trade_allowed: Bool, manufacturing: Bool, manufacturing_extra_share: Rate, general_extra_share: Rate
) -> Rate:
    """Manufacturers deduct {manufacturing_extra_share} more, other firms {general_extra_share}.
    制造业企业按{manufacturing_extra_share}加计扣除，其他企业按{general_extra_share}加计扣除。"""
    if not trade_allowed:
        return 0
    if manufacturing:
        return manufacturing_extra_share
    return general_extra_share


@rule(
    id="rd_super_deduction.extra_share",
    ref="公告2021年第13号; 公告2022年第16号; 公告2021年第6号",
    start="2022-01-01",
    end="2022-09-30",
)
def extra_share(
    trade_allowed: Bool,
    manufacturing: Bool,
    tech_sme: Bool,
    manufacturing_extra_share: Rate,
    tech_sme_extra_share: Rate,
    general_extra_share: Rate,
) -> Rate:
    """Extra: manufacturer {manufacturing_extra_share}, tech SME {tech_sme_extra_share}, other {general_extra_share}.
    制造业{manufacturing_extra_share}、科技型中小企业{tech_sme_extra_share}、其他企业{general_extra_share}加计扣除。"""
    if not trade_allowed:
        return 0
    if manufacturing:
        return manufacturing_extra_share
    if tech_sme:
        return tech_sme_extra_share
    return general_extra_share


@rule(
    id="rd_super_deduction.extra_share",
    ref="公告2022年第28号; 公告2021年第13号; 公告2022年第16号",
    start="2022-10-01",
    end="2022-12-31",
)
def extra_share(
    trade_allowed: Bool,
    manufacturing: Bool,
    tech_sme: Bool,
    manufacturing_extra_share: Rate,
    tech_sme_extra_share: Rate,
    fourth_quarter_extra_share: Rate,
) -> Rate:
    """In the last quarter all other firms deduct {fourth_quarter_extra_share} more, as manufacturers and tech SMEs do.
    第四季度，制造业企业和科技型中小企业以外的其他企业也按{fourth_quarter_extra_share}加计扣除。"""
    if not trade_allowed:
        return 0
    if manufacturing:
        return manufacturing_extra_share
    if tech_sme:
        return tech_sme_extra_share
    return fourth_quarter_extra_share


@rule(
    id="rd_super_deduction.extra_share",
    ref="公告2023年第44号; 公告2023年第7号",
    start="2023-01-01",
    end="2027-12-31",
)
def extra_share(
    trade_allowed: Bool, chip_or_machine_tool_maker: Bool, chip_extra_share: Rate, general_extra_share: Rate
) -> Rate:
    """Chip and machine-tool makers deduct {chip_extra_share} more, other firms {general_extra_share}.
    集成电路企业和工业母机企业按{chip_extra_share}加计扣除，其他企业按{general_extra_share}加计扣除。"""
    if not trade_allowed:
        return 0
    if chip_or_machine_tool_maker:
        return chip_extra_share
    return general_extra_share


@rule(id="rd_super_deduction.extra_share", ref="公告2023年第7号", start="2028-01-01")
def extra_share(trade_allowed: Bool, general_extra_share: Rate) -> Rate:
    """Every firm outside the excluded trades deducts {general_extra_share} more.
    不适用行业以外的企业按{general_extra_share}加计扣除。"""
    return general_extra_share if trade_allowed else 0


@rule(
    id="rd_super_deduction.extra_deduction",
    ref="Corporate Income Tax Law (企业所得税法), extra deduction of R&D expenditure",
    start="2008-01-01",
)
def extra_deduction(eligible_rd_expenditure: Money, extra_share: Rate) -> Money:
    """Extra deduction: eligible R&D expenditure times the extra share, to the nearest fen.
    加计扣除额：可加计扣除的研究开发费用乘以加计比例，四舍五入到分。"""
    return half_up(eligible_rd_expenditure * extra_share)


@rule(
    id="rd_super_deduction.tax_saved",
    ref="Corporate Income Tax Law (企业所得税法), extra deduction of R&D expenditure",
    start="2008-01-01",
)
def tax_saved(eligible_rd_expenditure: Money, extra_share: Rate, cit_rate: Rate) -> Money:
    """Tax saved: eligible R&D expenditure times extra share times tax rate, rounded once to the nearest fen.
    节税额：可加计扣除的研究开发费用乘以加计比例再乘以企业所得税税率，一次性四舍五入到分。"""
    return half_up(eligible_rd_expenditure * extra_share * cit_rate)
