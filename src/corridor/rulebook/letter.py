"""A decision record as readable text, in English or Chinese: the result first, then the reasons, then the law."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from fractions import Fraction
from textwrap import wrap
from typing import Any, Final

from corridor.money import format_money, minor_units
from corridor.rulebook.exact import percent_text
from corridor.rulebook.facts import UNIT_OF

WIDTH: Final = 100

EN: Final = {
    "yes": "Yes", "no": "No", "unknown": "Cannot tell",
    "verdict_yes": "Yes: {title}.", "verdict_no": "No: {title}.",
    "verdict_unknown": "Cannot tell: {title}. Needed: {missing}.",
    "reasons": "Clauses", "outputs": "Results", "changes": "What would change it", "law": "The law that was used",
    "facts": "Facts", "missing_fact": "missing", "short": "short by {x}", "over": "over by {x}",
    "room": "met with {x} to spare", "exact": "exactly at the threshold", "at": "at the threshold, which is not enough",
    "no_base": "no base in the period", "share": "{value} of {base}, the test is {op} {rate}",
    "more": "{fact}: {x} more, to {to}", "less": "{fact}: {x} less, to {to}",
    "earlier": "{fact}: {x} earlier, on {to}", "later": "{fact}: {x} later, on {to}", "set": "{fact}: {x}",
    "way_out": " What would change it: {step}.", "passes": "this clause passes", "ends": "this no longer holds",
    "then_yes": "the outcome is then yes", "then_no": "the outcome stays no",
    "then_unknown": "the outcome is then open", "unconfirmed_names": "Unconfirmed: {names}. Do not present this as "
    "the law.", "unconfirmed": "unconfirmed", "reform": "a reform, not law",
    "as_of": "The law of {law} was applied to facts of {on}, on purpose.",
    "known": "As published by {known}.", "overlay": "Under a reform that is not law: {overlay}.",
    "since": "since {since}", "until": "until {until}",
    "replay": "Replay: the same pack and facts give the same bytes.",
    "date": "Day of application {on}, law of {law}", "true": "yes",
    "false": "no", "mark_yes": "yes", "mark_no": "NO ", "mark_unknown": " ? ", "sep": "; ", "stop": ".",
    "on": "day of application", "below": "below", "up_to": "up to", "from": "from", "above": "above",
    "else": "otherwise",
    "note": "Note",
}  # fmt: skip

ZH: Final = {
    "yes": "符合", "no": "不符合", "unknown": "无法判断",
    "verdict_yes": "符合：{title}。", "verdict_no": "不符合：{title}。",
    "verdict_unknown": "无法判断：{title}。尚需：{missing}。",
    "reasons": "逐条", "outputs": "结果", "changes": "怎样才能改变", "law": "所依据的规定",
    "facts": "事实", "missing_fact": "缺失", "short": "差 {x}", "over": "超出 {x}",
    "room": "达标，余量 {x}", "exact": "恰好达到门槛", "at": "恰在门槛上，不算达到",
    "no_base": "本期没有基数", "share": "占{base}的{value}，要求 {op} {rate}",
    "more": "{fact}增加 {x}，至 {to}", "less": "{fact}减少 {x}，至 {to}",
    "earlier": "{fact}提前 {x}，为 {to}", "later": "{fact}推迟 {x}，为 {to}", "set": "{fact}：{x}",
    "way_out": "如{step}，即可符合。", "passes": "本条即达标", "ends": "本条不再成立",
    "then_yes": "结论变为符合", "then_no": "结论仍为不符合",
    "then_unknown": "结论待定", "unconfirmed_names": "未经核实：{names}。不得作为法律陈述。", "unconfirmed": "未经核实",
    "reform": "改革方案，尚非法律",
    "as_of": "有意将{law}的规定适用于{on}的事实。", "known": "以{known}之前公布者为限。",
    "overlay": "依据尚未生效的改革方案：{overlay}。",
    "since": "自 {since} 起", "until": "至 {until} 止", "replay": "重放：相同规则与事实得到相同字节。",
    "date": "申请日 {on}，适用 {law} 的规定", "true": "是",
    "false": "否", "mark_yes": "是", "mark_no": "否", "mark_unknown": "？", "sep": "；", "stop": "。", "on": "申请日",
    "below": "低于", "up_to": "不超过", "from": "不低于", "above": "高于", "else": "其余", "note": "说明",
}  # fmt: skip


def letter(record: Mapping[str, Any], language: str) -> str:
    """The text of a ``corridor.decision/1`` record; ``language`` is ``"en"`` or ``"zh"``."""
    lines = _Letter(record, ZH if language == "zh" else EN, "zh" if language == "zh" else "en").lines()
    return "\n".join(lines) + "\n"


class _Letter:
    def __init__(self, record: Mapping[str, Any], words: Mapping[str, str], language: str) -> None:
        self.record, self.words, self.language = record, words, language
        self.titles = {fact["name"]: fact["title"][language] for fact in record["facts"]}
        self.titles.update({item["name"]: item["title"][language] for item in record["parameters"]})
        self.titles["on"] = words["on"]
        self.units = {title.en: title.in_language(language) for title in UNIT_OF.values()}
        self.units.update({fact["unit"]: fact["unit_title"][language] for fact in record["facts"]})

    def lines(self) -> Iterator[str]:
        record, words = self.record, self.words
        missing = words["sep"].join(self.titles.get(name, name) for name in record["missing"])
        verdict = words[f"verdict_{record['outcome']}"]
        way_out = next((change for change in record["changes"] if change["then"] == "yes"), None)
        result = verdict.format(title=record["pack_title"][self.language], missing=missing)
        if way_out and record["outcome"] == "no":
            result += words["way_out"].format(step=self.step(way_out))
        amounts = [item for item in record["rules"] if item["name"] in record["outputs"] and item["unit"]]
        paid = [item for item in amounts if item["unit"] == record["currency"] and item["value"] is not None]
        if paid and record["outcome"] == "yes":
            shown = ", ".join(f"{item['name']} {self.show(item['value'], item['unit'])}" for item in paid)
            result += f" {shown}{words['stop']}"
        yield result
        yield f"{words['date'].format(on=record['on'], law=record['law_date'])} · {record['pack']} · {record['ref']}"
        if record["law_as_of"]:
            yield words["as_of"].format(law=record["law_date"], on=record["on"])
        if record["known"]:
            yield words["known"].format(known=record["known"])
        if record["overlay"]:
            text = "; ".join(f"{path} = {v} @ {d}" for path, days in record["overlay"].items() for d, v in days.items())
            yield words["overlay"].format(overlay=text)
        if record["unconfirmed"]:
            yield words["unconfirmed_names"].format(names=", ".join(record["unconfirmed"]))
        if amounts:
            yield from ("", words["outputs"])
            for item in amounts:
                value = words["unknown"] if item["value"] is None else self.show(item["value"], item["unit"])
                yield f"  {item['name']} = {value}   {item['title'][self.language]}"
        if record["clauses"]:
            yield from ("", words["reasons"])
        order = {"no": 0, "unknown": 1, "yes": 2}
        for clause in sorted(record["clauses"], key=lambda clause: order[clause["outcome"]]):
            yield from self.clause(clause)
        if record["changes"]:
            yield from ("", words["changes"])
            for change in record["changes"]:
                yield from self.change(change)
        yield from ("", words["law"])
        for parameter in record["parameters"]:
            yield from self.parameter(parameter)
        yield from ("", words["facts"])
        for fact in record["facts"]:
            value = self.value(fact)
            source = f"   ({fact['source']})" if fact["source"] else ""
            yield f"  {fact['title'][self.language]} ({fact['name']}): {value}{source}"
        if record["note"]:
            yield from ("", words["note"])
            yield from (f"  {line}" for line in self.wrapped(record["note"][self.language]))
        yield from ("", f"{record['pack_hash']}", words["replay"])

    def wrapped(self, text: str) -> list[str]:
        return wrap(text, WIDTH - 2 if self.language == "en" else WIDTH // 2)

    def clause(self, clause: Mapping[str, Any]) -> Iterator[str]:
        words = self.words
        yield f"  {words['mark_' + clause['outcome']]} {clause['id']}: {clause['title'][self.language]}"
        left, right, share = clause["left"], clause["right"], clause["share"]
        parts = []
        if share is not None:
            parts.append(f"{self.side(left)} ÷ {self.side(share['base'])}")
            if share["value"] is not None:
                rate = words["missing_fact"] if share["rate"] is None else _percent(share["rate"])
                parts.append(f"{_percent(share['value'])} {clause['op']} {rate}")
        elif left is not None:
            parts.append(f"{self.side(left)} {clause['op']} {self.side(right, named=False)}")
        if clause["reason"]:
            parts.append(words["no_base"])
        elif clause["margin"] is not None:
            parts.append(self.margin(clause))
        if parts:
            yield f"      {words['sep'].join(parts)}"
        until = f", {words['until'].format(until=clause['until'])}" if clause["until"] else ""
        yield f"      [{clause['ref']}; {words['since'].format(since=clause['since'])}{until}]"

    def margin(self, clause: Mapping[str, Any]) -> str:
        margin, words = clause["margin"], self.words
        value = Fraction(margin["value"])
        size = self.show(margin["value"].lstrip("-"), margin["unit"])
        if value == 0:
            return words["exact"] if clause["outcome"] == "yes" else words["at"]
        if value > 0:
            return words["room"].format(x=size)
        downward = clause["op"] in {"<=", "<"}
        return words["over" if downward else "short"].format(x=size)

    def change(self, change: Mapping[str, Any]) -> Iterator[str]:
        words = self.words
        turn = words["passes" if change["clause_then"] == "yes" else "ends"]
        effect = words["sep"].join([turn, words[f"then_{change['then']}"]])
        yield f"  {change['clause']}: {self.step(change)}{words['sep']}{effect}"

    def step(self, change: Mapping[str, Any]) -> str:
        """The change of one fact in words."""
        words = self.words
        fact = change["title"][self.language]
        if change["by"] is None:
            return words["set"].format(fact=fact, x=words["true" if change["to"] else "false"])
        by, unit = change["by"]["value"], change["by"]["unit"]
        less = by.startswith("-")
        size = self.show(by.lstrip("-"), unit)
        dated = isinstance(change["to"], str) and unit == "day"
        to = str(change["to"]) if dated else self.show(str(change["to"]), unit)
        move = ("earlier" if less else "later") if dated else ("less" if less else "more")
        return words[move].format(fact=fact, x=size, to=to)

    def parameter(self, parameter: Mapping[str, Any]) -> Iterator[str]:
        value, words = parameter["value"], self.words
        if isinstance(value, list):
            rows = []
            for row in value:
                word = next((word for word in row if word != "give"), "else")
                bound = f"{words[word]} {self.number(row[word], parameter['over'])}" if word != "else" else words[word]
                rows.append(f"{bound}: {self.number(row['give'], parameter['gives'])}")
            value = ", ".join(rows)
        elif isinstance(value, dict):
            value = ", ".join(f"{member}: {self.number(give, parameter['gives'])}" for member, give in value.items())
        elif isinstance(value, bool):
            value = words["true" if value else "false"]
        else:
            value = self.number(value, parameter["type"])
        status = (
            "" if parameter["source_status"] == "confirmed" else f"{words['sep']}{words[parameter['source_status']]}"
        )
        yield f"  {parameter['title'][self.language]} = {value}"
        yield f"      [{parameter['ref']}; {words['since'].format(since=parameter['since'])}{status}]"
        if parameter["note"] and parameter["source_status"] == "unconfirmed":
            yield from (f"      {line}" for line in self.wrapped(parameter["note"][self.language]))

    def number(self, value: str, kind: str) -> str:
        """A number of the law by its kind."""
        if kind == "rate":
            return percent_text(Fraction(value))
        return self.show(value, self.record["currency"]) if kind == "money" else value

    def value(self, fact: Mapping[str, Any]) -> str:
        value = fact["value"]
        if value is None:
            return self.words["missing_fact"]
        if isinstance(value, bool):
            return self.words["true" if value else "false"]
        return value if fact["unit"] == "day" and isinstance(value, str) else self.show(str(value), fact["unit"])

    def side(self, side: Mapping[str, Any], *, named: bool = True) -> str:
        """A side of a test: the title of its fact and the amount."""
        value = self.words["missing_fact"] if side["value"] is None else self.show(side["value"], side["unit"])
        words = re.sub(r"[a-z]\w*", lambda name: self.titles.get(name[0], name[0]), side["text"])
        return f"{words} {value}" if named else value

    def show(self, value: str, unit: str) -> str:
        """An exact amount with its unit."""
        if unit == self.record["currency"]:
            return format_money(Fraction(value) * minor_units(unit), unit, self.language)
        if unit == "share":
            return _percent(value)
        if not unit or not value.lstrip("-")[:1].isdigit() or value.count("-") > 1:
            return value
        if "/" in value:
            return f"{value} {self.units.get(unit, unit)}"
        whole, _, part = value.partition(".")
        number = f"{int(whole):,}{'.' + part if part else ''}"
        if self.language == "zh":
            return f"{number} {self.units.get(unit, unit)}"
        return f"{number} {unit}{'' if number == '1' else 's'}"


def _percent(text: str) -> str:
    """A share for the eye: exact where it ends, else cut (never rounded toward a threshold) and marked ``…``."""
    value = Fraction(text)
    exact = percent_text(value)
    if "/" not in exact and len(exact) <= len("100.0000%"):
        return exact
    cut = abs(value) * 1000000 // 1
    return f"{'-' if value < 0 else ''}{cut // 10000}.{cut % 10000:04d}…%"
