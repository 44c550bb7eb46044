"""What one order may draw from the firm's vouchers of the year, and which of the two cities pays how much of it."""

from corridor.rulebook.language import Bool, Money, Rate, half_up, rule


@rule(id="delta_voucher.priced", ref="Delta shuangchuang voucher (长三角双创券), use (使用)", start="2019-12-13")
def priced(service_price: Money) -> Bool:
    """The service has a price to pay.
    服务价款大于零。"""
    return service_price > 0


@rule(
    id="delta_voucher.limit_left",
    ref="Delta shuangchuang voucher (长三角双创券), yearly limit (年度限额)",
    start="2019-12-13",
)
def limit_left(voucher_used_this_year: Money, yearly_limit: Money) -> Bool:
    """The firm has used less than {yearly_limit} of vouchers this year.
    企业本年度已使用的创新券金额低于{yearly_limit}。"""
    return voucher_used_this_year < yearly_limit


@rule(
    id="delta_voucher.remainder",
    ref="Delta shuangchuang voucher (长三角双创券), yearly limit (年度限额)",
    start="2019-12-13",
)
def remainder(voucher_used_this_year: Money, yearly_limit: Money) -> Money:
    """What the firm has left of the year's {yearly_limit}.
    企业本年度{yearly_limit}限额的剩余额度。"""
    return max(yearly_limit - voucher_used_this_year, 0)


@rule(
    id="delta_voucher.price_fits",
    ref="Delta shuangchuang voucher (长三角双创券), yearly limit (年度限额)",
    start="2019-12-13",
)
def price_fits(service_price: Money, remainder: Money, over_limit_is_cut: Bool) -> Bool:
    """Where a price is not cut, it fits what is left of the yearly limit.
    不予扣减的，服务价款不超过年度剩余额度。"""
    if over_limit_is_cut:
        return True
    return service_price <= remainder


@rule(id="delta_voucher.qualifies", ref="Delta shuangchuang voucher (长三角双创券)", start="2019-12-13")
def qualifies(priced: Bool, limit_left: Bool, price_fits: Bool) -> Bool:
    """The order can draw a voucher subsidy.
    本次服务可以使用创新券抵用。"""
    return priced and limit_left and price_fits


@rule(
    id="delta_voucher.subsidy",
    ref="Delta shuangchuang voucher (长三角双创券), yearly limit (年度限额)",
    start="2019-12-13",
)
def subsidy(service_price: Money, remainder: Money, price_fits: Bool) -> Money:
    """The price of the service, cut to what is left of the yearly limit; nothing where a price is not cut and does not fit.
    按服务价款抵用，超过剩余额度的部分予以扣减；不予扣减且超过剩余额度的，不予抵用。"""
    return min(service_price, remainder) if price_fits else 0


@rule(
    id="delta_voucher.home_share",
    ref="Delta shuangchuang voucher (长三角双创券), split between the areas (分担比例)",
    start="2019-12-13",
)
def home_share(subsidy: Money, cross_city: Bool, home_part: Rate) -> Money:
    """The firm's city bears {home_part} of the subsidy, by largest remainder; within one city it bears all of it.
    企业所在地承担补贴的{home_part}，尾差按最大余额法处理；同城服务由企业所在地全额承担。"""
    # Largest remainder: each payer gets its whole fen, the odd fen goes to the larger fraction. For two payers, half up.
    return half_up(subsidy * home_part) if cross_city else subsidy


@rule(
    id="delta_voucher.host_share",
    ref="Delta shuangchuang voucher (长三角双创券), split between the areas (分担比例)",
    start="2019-12-13",
)
def host_share(subsidy: Money, home_share: Money) -> Money:
    """The provider's city bears the rest of the subsidy.
    服务机构所在地承担其余部分。"""
    return subsidy - home_share
