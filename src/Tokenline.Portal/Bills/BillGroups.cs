using Tokenline.Billing.Bills;
using Tokenline.Portal.Texts;

namespace Tokenline.Portal.Bills;

internal enum BillBy
{
    Line,
    Product,
    Model,
    Member,
}

/// <summary>Lines of a bill that have one thing in common, added up.</summary>
internal sealed record BillGroup(string Name, long Calls, long Input, long Output, long WorthNano, long PaidBeforeNano, long OwedNano);

/// <summary>The same bill by product, by model, by member: whichever way, the sums are the bill's.</summary>
internal static class BillGroups
{
    /// <param name="members">What to call a node or a key.</param>
    public static IReadOnlyList<BillGroup> Of(Bill bill, BillBy by, PortalTexts texts, Func<BillLine, string?> members) =>
        [
            .. bill
                .Lines.GroupBy(line =>
                    by switch
                    {
                        BillBy.Model => line.Model ?? texts.NoModel,
                        BillBy.Member => members(line) ?? texts.WholeAccount,
                        _ => texts.FromCatalogue(line.Name),
                    }
                )
                .Select(group => new BillGroup(
                    group.Key,
                    group.Sum(line => line.Calls),
                    group.Sum(line => line.Input),
                    group.Sum(line => line.Output),
                    group.Sum(line => line.WorthNano),
                    group
                        .Where(line => !line.IsOwed)
                        .Sum(line => line.Kind == BillLineKind.Refund ? -Math.Abs(line.AmountNano) : line.AmountNano),
                    group.Where(line => line.IsOwed).Sum(line => line.AmountNano)
                ))
                .OrderByDescending(group => group.OwedNano + group.PaidBeforeNano)
                .ThenByDescending(group => group.WorthNano),
        ];
}
