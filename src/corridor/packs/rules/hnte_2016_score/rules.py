"""Innovation-capability score of a high-tech enterprise: the hundred points of the Guide of 2016."""

from corridor.rulebook.language import Bands, Bool, Count, Rate, Score, band, rule, share

# --- Adding up --------------------------------------------------------------------------------------------------------


@rule(id="score.ip", ref="国科发火〔2016〕195号, 企业创新能力评价, 知识产权", start="2016-01-01")
def ip_points(
    advancement_mark: Score,
    core_support_mark: Score,
    quantity_mark: Score,
    mode_mark: Score,
    standards_mark: Score,
    ip_cap: Score,
) -> Score:
    """Intellectual property: its four marks and the extra mark for standards, together no more than {ip_cap}.
    知识产权得分：四项指标与标准加分之和，不超过{ip_cap}分。"""
    return min(advancement_mark + core_support_mark + quantity_mark + mode_mark + standards_mark, ip_cap)


@rule(id="score.organisation", ref="国科发火〔2016〕195号, 企业创新能力评价, 研究开发组织管理水平", start="2016-01-01")
def organisation_points(rd_system_mark: Score, rd_body_mark: Score, incentive_mark: Score, talent_mark: Score) -> Score:
    """Organisation of R&D: its four marks.
    研究开发组织管理水平得分：四项指标之和。"""
    return rd_system_mark + rd_body_mark + incentive_mark + talent_mark


@rule(id="score.growth", ref="国科发火〔2016〕195号, 企业创新能力评价, 企业成长性", start="2016-01-01")
def growth_points(net_asset_growth_mark: Score, sales_growth_mark: Score) -> Score:
    """Growth: the marks for net assets and for sales.
    企业成长性得分：净资产增长率与销售收入增长率两项之和。"""
    return net_asset_growth_mark + sales_growth_mark


@rule(id="score.total", ref="国科发火〔2016〕195号, 企业创新能力评价", start="2016-01-01")
def score(ip_points: Score, transformation_mark: Score, organisation_points: Score, growth_points: Score) -> Score:
    """The score of the firm: intellectual property, transformation, organisation of R&D and growth.
    综合得分：知识产权、科技成果转化能力、研究开发组织管理水平、企业成长性四项之和。"""
    return ip_points + transformation_mark + organisation_points + growth_points


# --- Every mark within the band that the facts allow ------------------------------------------------------------------


@rule(id="score.quantity_least", ref="国科发火〔2016〕195号, 企业创新能力评价, 知识产权数量", start="2016-01-01")
def quantity_least(
    class1_ip: Count, class2_ip: Count, class1_enough: Count, class1_mark_least: Score, class2_mark_least: Bands
) -> Score:
    """The least mark for the number of rights.
    知识产权数量所在档次的最低分。"""
    if class1_ip >= class1_enough:
        return class1_mark_least
    return band(class2_ip, class2_mark_least)


@rule(id="score.quantity_most", ref="国科发火〔2016〕195号, 企业创新能力评价, 知识产权数量", start="2016-01-01")
def quantity_most(
    class1_ip: Count, class2_ip: Count, class1_enough: Count, class1_mark_most: Score, class2_mark_most: Bands
) -> Score:
    """The highest mark for the number of rights.
    知识产权数量所在档次的最高分。"""
    if class1_ip >= class1_enough:
        return class1_mark_most
    return band(class2_ip, class2_mark_most)


@rule(id="score.quantity_low_end", ref="国科发火〔2016〕195号, 企业创新能力评价, 知识产权数量", start="2016-01-01")
def quantity_not_below_band(quantity_mark: Score, quantity_least: Score) -> Bool:
    """The mark for the number of rights is not below the band that their number gives.
    知识产权数量得分不低于所在档次的最低分。"""
    return quantity_mark >= quantity_least


@rule(id="score.quantity_high_end", ref="国科发火〔2016〕195号, 企业创新能力评价, 知识产权数量", start="2016-01-01")
def quantity_not_above_band(quantity_mark: Score, quantity_most: Score) -> Bool:
    """The mark for the number of rights is not above the band that their number gives.
    知识产权数量得分不高于所在档次的最高分。"""
    return quantity_mark <= quantity_most


@rule(id="score.mode_most", ref="国科发火〔2016〕195号, 企业创新能力评价, 知识产权获得方式", start="2016-01-01")
def mode_most(own_rd_ip: Bool, own_rd_mark_most: Score, transfer_mark_most: Score) -> Score:
    """The highest mark for acquisition: {own_rd_mark_most} with own R&D, otherwise {transfer_mark_most}.
    知识产权获得方式最高分：有自主研发的{own_rd_mark_most}分，仅有受让、受赠和并购等的{transfer_mark_most}分。"""
    return own_rd_mark_most if own_rd_ip else transfer_mark_most


@rule(id="score.mode_low_end", ref="国科发火〔2016〕195号, 企业创新能力评价, 知识产权获得方式", start="2016-01-01")
def mode_not_below_band(mode_mark: Score, mode_mark_least: Score) -> Bool:
    """The mark for acquisition is not below the band that the way of acquisition gives.
    知识产权获得方式得分不低于所在档次的最低分。"""
    return mode_mark >= mode_mark_least


@rule(id="score.mode_high_end", ref="国科发火〔2016〕195号, 企业创新能力评价, 知识产权获得方式", start="2016-01-01")
def mode_not_above_band(mode_mark: Score, mode_most: Score) -> Bool:
    """The mark for acquisition is not above the band that the way of acquisition gives.
    知识产权获得方式得分不高于所在档次的最高分。"""
    return mode_mark <= mode_most


@rule(id="score.standards_most", ref="国科发火〔2016〕195号, 企业创新能力评价, 参与编制标准", start="2016-01-01")
def standards_most(helped_make_standard: Bool, standard_mark_most: Score) -> Score:
    """The highest extra mark: {standard_mark_most} for a firm that helped to make a standard, otherwise 0.
    标准加分的最高分：参与编制标准的{standard_mark_most}分，否则0分。"""
    return standard_mark_most if helped_make_standard else 0


@rule(id="score.standards_high_end", ref="国科发火〔2016〕195号, 企业创新能力评价, 参与编制标准", start="2016-01-01")
def standards_not_above_band(standards_mark: Score, standards_most: Score) -> Bool:
    """The mark for standards is not above the band that the facts give.
    标准加分不高于所在档次的最高分。"""
    return standards_mark <= standards_most


@rule(
    id="score.transformation_least", ref="国科发火〔2016〕195号, 企业创新能力评价, 科技成果转化能力", start="2016-01-01"
)
def transformation_least(
    transformed_results_3y: Count, averaged_years: Count, transformation_mark_least: Bands
) -> Score:
    """The least mark for the yearly mean of transformed results over {averaged_years} years.
    近{averaged_years}年科技成果转化年平均数所在档次的最低分。"""
    return band(share(transformed_results_3y, of=averaged_years), transformation_mark_least)


@rule(
    id="score.transformation_most", ref="国科发火〔2016〕195号, 企业创新能力评价, 科技成果转化能力", start="2016-01-01"
)
def transformation_most(transformed_results_3y: Count, averaged_years: Count, transformation_mark_most: Bands) -> Score:
    """The highest mark for the yearly mean of transformed results over {averaged_years} years.
    近{averaged_years}年科技成果转化年平均数所在档次的最高分。"""
    return band(share(transformed_results_3y, of=averaged_years), transformation_mark_most)


@rule(
    id="score.transformation_low_end",
    ref="国科发火〔2016〕195号, 企业创新能力评价, 科技成果转化能力",
    start="2016-01-01",
)
def transformation_not_below_band(transformation_mark: Score, transformation_least: Score) -> Bool:
    """The mark for the transformation of results is not below the band that the yearly mean gives.
    科技成果转化能力得分不低于所在档次的最低分。"""
    return transformation_mark >= transformation_least


@rule(
    id="score.transformation_high_end",
    ref="国科发火〔2016〕195号, 企业创新能力评价, 科技成果转化能力",
    start="2016-01-01",
)
def transformation_not_above_band(transformation_mark: Score, transformation_most: Score) -> Bool:
    """The mark for the transformation of results is not above the band that the yearly mean gives.
    科技成果转化能力得分不高于所在档次的最高分。"""
    return transformation_mark <= transformation_most


@rule(id="score.net_asset_growth_least", ref="国科发火〔2016〕195号, 企业创新能力评价, 企业成长性", start="2016-01-01")
def net_asset_growth_least(net_asset_growth: Rate, growth_mark_least: Bands) -> Score:
    """The least mark for the growth of net assets.
    净资产增长率所在档次的最低分。"""
    return band(net_asset_growth, growth_mark_least)


@rule(id="score.net_asset_growth_most", ref="国科发火〔2016〕195号, 企业创新能力评价, 企业成长性", start="2016-01-01")
def net_asset_growth_most(net_asset_growth: Rate, growth_mark_most: Bands) -> Score:
    """The highest mark for the growth of net assets.
    净资产增长率所在档次的最高分。"""
    return band(net_asset_growth, growth_mark_most)


@rule(
    id="score.net_asset_growth_low_end", ref="国科发火〔2016〕195号, 企业创新能力评价, 企业成长性", start="2016-01-01"
)
def net_asset_growth_not_below_band(net_asset_growth_mark: Score, net_asset_growth_least: Score) -> Bool:
    """The mark for the growth of net assets is not below the band that the growth gives.
    净资产增长率得分不低于所在档次的最低分。"""
    return net_asset_growth_mark >= net_asset_growth_least


@rule(
    id="score.net_asset_growth_high_end", ref="国科发火〔2016〕195号, 企业创新能力评价, 企业成长性", start="2016-01-01"
)
def net_asset_growth_not_above_band(net_asset_growth_mark: Score, net_asset_growth_most: Score) -> Bool:
    """The mark for the growth of net assets is not above the band that the growth gives.
    净资产增长率得分不高于所在档次的最高分。"""
    return net_asset_growth_mark <= net_asset_growth_most


@rule(id="score.sales_growth_least", ref="国科发火〔2016〕195号, 企业创新能力评价, 企业成长性", start="2016-01-01")
def sales_growth_least(sales_growth: Rate, growth_mark_least: Bands) -> Score:
    """The least mark for the growth of sales.
    销售收入增长率所在档次的最低分。"""
    return band(sales_growth, growth_mark_least)


@rule(id="score.sales_growth_most", ref="国科发火〔2016〕195号, 企业创新能力评价, 企业成长性", start="2016-01-01")
def sales_growth_most(sales_growth: Rate, growth_mark_most: Bands) -> Score:
    """The highest mark for the growth of sales.
    销售收入增长率所在档次的最高分。"""
    return band(sales_growth, growth_mark_most)


@rule(id="score.sales_growth_low_end", ref="国科发火〔2016〕195号, 企业创新能力评价, 企业成长性", start="2016-01-01")
def sales_growth_not_below_band(sales_growth_mark: Score, sales_growth_least: Score) -> Bool:
    """The mark for the growth of sales is not below the band that the growth gives.
    销售收入增长率得分不低于所在档次的最低分。"""
    return sales_growth_mark >= sales_growth_least


@rule(id="score.sales_growth_high_end", ref="国科发火〔2016〕195号, 企业创新能力评价, 企业成长性", start="2016-01-01")
def sales_growth_not_above_band(sales_growth_mark: Score, sales_growth_most: Score) -> Bool:
    """The mark for the growth of sales is not above the band that the growth gives.
    销售收入增长率得分不高于所在档次的最高分。"""
    return sales_growth_mark <= sales_growth_most


# --- The mark ---------------------------------------------------------------------------------------------------------


@rule(
    id="score.pass_mark",
    ref="国科发火〔2016〕32号, art. 11(7); 国科发火〔2016〕195号, 企业创新能力评价",
    start="2016-01-01",
)
def above_pass_mark(score: Score, pass_mark: Score) -> Bool:
    """The score is more than {pass_mark}; {pass_mark} itself fails.
    综合得分达到{pass_mark}分以上（不含{pass_mark}分）。"""
    return score > pass_mark


@rule(
    id="score.reaches_mark",
    ref="国科发火〔2016〕32号, art. 11(7); 国科发火〔2016〕195号, 企业创新能力评价",
    start="2016-01-01",
)
def reaches_mark(
    above_pass_mark: Bool,
    quantity_not_above_band: Bool,
    mode_not_above_band: Bool,
    standards_not_above_band: Bool,
    transformation_not_above_band: Bool,
    net_asset_growth_not_above_band: Bool,
    sales_growth_not_above_band: Bool,
) -> Bool:
    """The score reaches the mark, and no mark is above the band that the countable facts allow.
    综合得分符合认定要求，且各项得分均不高于客观事实对应的档次。"""
    # A mark below its band is the panel's error and not the firm's: it is seen in marks_in_band and costs nothing here.
    return (
        above_pass_mark
        and quantity_not_above_band
        and mode_not_above_band
        and standards_not_above_band
        and transformation_not_above_band
        and net_asset_growth_not_above_band
        and sales_growth_not_above_band
    )


@rule(id="score.marks_in_band", ref="国科发火〔2016〕195号, 企业创新能力评价", start="2016-01-01")
def marks_in_band(
    quantity_not_below_band: Bool,
    quantity_not_above_band: Bool,
    mode_not_below_band: Bool,
    mode_not_above_band: Bool,
    standards_not_above_band: Bool,
    transformation_not_below_band: Bool,
    transformation_not_above_band: Bool,
    net_asset_growth_not_below_band: Bool,
    net_asset_growth_not_above_band: Bool,
    sales_growth_not_below_band: Bool,
    sales_growth_not_above_band: Bool,
) -> Bool:
    """Every mark lies within the band that the countable facts give, neither too high nor too low.
    各项得分均在客观事实对应的档次之内，既不偏高也不偏低。"""
    return (
        quantity_not_below_band
        and quantity_not_above_band
        and mode_not_below_band
        and mode_not_above_band
        and standards_not_above_band
        and transformation_not_below_band
        and transformation_not_above_band
        and net_asset_growth_not_below_band
        and net_asset_growth_not_above_band
        and sales_growth_not_below_band
        and sales_growth_not_above_band
    )
