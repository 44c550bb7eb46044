"""The park rule and its voucher in openfisca-core: a program of its own, run beside Corridor.

openfisca-core is AGPL-3.0. Corridor is Apache-2.0 and neither imports this file nor depends on that package: the
benchmark starts this program in a scratch environment, hands it a file of firms and reads back a file of vouchers.

    python openfisca_park.py FIRMS.npz VOUCHERS.npy REPEAT

Prints one JSON object: versions and the seconds of every repeat, for two ways of running the same population:

``build_and_calculate``  a new simulation of N firms, its inputs set, two variables calculated
``calculate``            one simulation kept; its inputs set anew, what was calculated dropped, two variables calculated

Columns are prepared outside the timed part in the types that the engine keeps, so that it need not convert them.
"""
# mypy: disable-error-code="import-not-found, misc, no-untyped-def, no-untyped-call"

from __future__ import annotations

import json
import platform
import sys
import time
from importlib.metadata import version

import numpy as np
from openfisca_core.entities import build_entity
from openfisca_core.parameters import ParameterNode
from openfisca_core.periods import YEAR
from openfisca_core.simulations import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

PERIOD = "2025"
INPUTS = ("revenue", "rd_expenditure", "employees", "tertiary_employees", "rd_employees")
CALCULATED = ("rd_share_met", "staff_met", "qualifies", "voucher_cap", "voucher")
PARAMETERS = {
    "min_rd_share": 0.03,
    "min_tertiary_share": 0.30,
    "min_rd_staff_share": 0.10,
    "voucher_share": 0.30,
    "small_below": 20_000_000.0,
    "medium_below": 400_000_000.0,
    "cap_small": 200_000.0,
    "cap_medium": 500_000.0,
    "cap_large": 1_000_000.0,
}

Firm = build_entity(key="firm", plural="firms", label="Firm", is_person=True)


class revenue(Variable):
    value_type = float
    entity = Firm
    definition_period = YEAR
    label = "Revenue in yuan"


class rd_expenditure(Variable):
    value_type = float
    entity = Firm
    definition_period = YEAR
    label = "R&D expenditure in yuan"


class employees(Variable):
    value_type = int
    entity = Firm
    definition_period = YEAR
    label = "Employees"


class tertiary_employees(Variable):
    value_type = int
    entity = Firm
    definition_period = YEAR
    label = "Employees with a college degree"


class rd_employees(Variable):
    value_type = int
    entity = Firm
    definition_period = YEAR
    label = "R&D employees"


class rd_share_met(Variable):
    value_type = bool
    entity = Firm
    definition_period = YEAR
    label = "R&D share met"

    def formula(firm, period, parameters):  # noqa: N805 (the engine's own convention)
        return firm("rd_expenditure", period) >= parameters(period).min_rd_share * firm("revenue", period)


class staff_met(Variable):
    value_type = bool
    entity = Firm
    definition_period = YEAR
    label = "Both staff shares met"

    def formula(firm, period, parameters):  # noqa: N805
        law = parameters(period)
        staff = firm("employees", period)
        return (firm("tertiary_employees", period) >= law.min_tertiary_share * staff) * (
            firm("rd_employees", period) >= law.min_rd_staff_share * staff
        )


class qualifies(Variable):
    value_type = bool
    entity = Firm
    definition_period = YEAR
    label = "Qualifies"

    def formula(firm, period):  # noqa: N805
        return firm("rd_share_met", period) * firm("staff_met", period)


class voucher_cap(Variable):
    value_type = float
    entity = Firm
    definition_period = YEAR
    label = "Highest voucher of the firm's tier"

    def formula(firm, period, parameters):  # noqa: N805
        law = parameters(period)
        size = firm("revenue", period)
        medium_or_large = np.where(size < law.medium_below, law.cap_medium, law.cap_large)
        return np.where(size < law.small_below, law.cap_small, medium_or_large)


class voucher(Variable):
    value_type = float
    entity = Firm
    definition_period = YEAR
    label = "Voucher in yuan"

    def formula(firm, period, parameters):  # noqa: N805
        amount = np.minimum(
            parameters(period).voucher_share * firm("rd_expenditure", period), firm("voucher_cap", period)
        )
        return np.where(firm("qualifies", period), np.floor(amount * 100 + 0.5) / 100, 0.0)


def main() -> None:
    """Run the population both ways and report."""
    firms_file, vouchers_file, repeat = sys.argv[1], sys.argv[2], int(sys.argv[3])
    firms = dict(np.load(firms_file))
    count = len(firms["revenue"])
    columns = {name: (firms[name] / 100).astype(np.float32) for name in INPUTS[:2]}
    columns |= {name: firms[name].astype(np.int32) for name in INPUTS[2:]}

    system = TaxBenefitSystem([Firm])
    for name in INPUTS + CALCULATED:
        system.add_variable(globals()[name])
    values = {key: {"values": {"2018-01-01": {"value": value}}} for key, value in PARAMETERS.items()}
    system.parameters = ParameterNode("", data=values)

    def new():
        return SimulationBuilder().build_default_simulation(system, count=count)

    def fill(simulation) -> None:
        for name, column in columns.items():
            simulation.set_input(name, PERIOD, column)

    def calculate(simulation):
        return simulation.calculate("qualifies", PERIOD), simulation.calculate("voucher", PERIOD)

    def build_and_calculate():
        simulation = new()
        fill(simulation)
        return calculate(simulation)

    kept = new()

    def recalculate():
        for name in CALCULATED:
            kept.delete_arrays(name, PERIOD)
        fill(kept)
        return calculate(kept)

    ways = {}
    result = build_and_calculate()
    for name, run in (("build_and_calculate", build_and_calculate), ("calculate", recalculate)):
        run()
        seconds = []
        for _ in range(repeat):
            start = time.perf_counter()
            result = run()
            seconds.append(time.perf_counter() - start)
        ways[name] = seconds
    np.save(vouchers_file, result[1])
    versions = {name: version(name) for name in ("openfisca-core", "numpy")} | {"python": platform.python_version()}
    print(json.dumps({"versions": versions, "money": str(result[1].dtype), "ways": ways}))


if __name__ == "__main__":
    main()
