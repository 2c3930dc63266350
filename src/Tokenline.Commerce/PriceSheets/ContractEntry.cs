using Tokenline.Commerce.Catalog;

namespace Tokenline.Commerce.PriceSheets;

/// <summary>What a vendor's contract has not: it is in money, and knows calls but no customers.</summary>
internal static class ContractEntry
{
    public static Refused? WhatIsNotOfAContract(PriceSheet sheet)
    {
        for (var i = 0; i < (sheet.Tiers?.Count ?? 0); i++)
        {
            if (sheet.Tiers![i]?.Weights is not null)
                return Refused.Invalid($"tiers[{i}].weights", "A vendor is paid in money, not in quota.");
        }
        return sheet.Units is not null ? Refused.Invalid("units", "A vendor is paid in money, not in quota.")
            : sheet.Currencies is not null ? Refused.Invalid("currencies", "A contract has one currency.")
            : sheet.CustomerGroups is not null ? Refused.Invalid("customerGroups", "A vendor does not know the operator's customers.")
            : sheet.Money is not null ? Refused.Invalid("money", "A contract is in money alone: its multipliers stand in the sheet itself.")
            : sheet.Volume is not null
                ? Refused.Invalid(
                    "volume",
                    "A vendor's volume is that of all customers together, which no single call knows. Give the rates that are paid now."
                )
            : null;
    }
}
