"""How legal entities control their spend: what can be said, and what is wrong with it."""

from decimal import Decimal

from resolvers.semantics.calendar import Window
from resolvers.semantics.dimensions import Dimension
from resolvers.semantics.funds import Action, FundsControl
from tests.gateway.config.conftest import VALID, Load, Wrong


def test_spend_is_controlled_as_the_entity_says(loaded: Load) -> None:
    given = """policies:
  US01:
    fundsControl:
      action: BLOCK
      window: YTD
      dimensions: [COST_CENTER, PROJECT]
      tolerancePercent: 2.5
      toleranceAmount: 100
"""
    funds = loaded(VALID + given).model.funds
    dimensions = (Dimension.COST_CENTER, Dimension.PROJECT)
    own = FundsControl(Action.BLOCK, Window.YTD, dimensions, Decimal("2.5"), Decimal(100))
    assert funds == {"US01": own, "DE01": FundsControl()}


def test_what_is_wrong_with_a_control_is_said(wrong: Wrong) -> None:
    given = """policies:
  US01:
    fundsControl:
      action: STOP
      window: ITD
      dimensions: []
      toleranceAmount: 0
  DE01:
    fundsControl: {dimensions: [ACCOUNT, ACCOUNT, SUPPLIER]}
"""
    found = "\n".join(wrong(VALID + given))
    assert "policies.US01.fundsControl.action: must be one of BLOCK, WARN, NONE, not 'STOP'" in found
    assert "policies.US01.fundsControl.window: must be one of FY, YTD, PTD, not 'ITD'" in found
    assert (
        "policies.US01.fundsControl.dimensions: must list some of COST_CENTER, ACCOUNT, PROJECT, each once"
        in found
    )
    assert "policies.DE01.fundsControl.dimensions" in found
