using System.Globalization;
using Tokenline.Charging;
using Tokenline.Charging.Accounts;
using Tokenline.Charging.Records;
using Tokenline.Portal.Access;
using Tokenline.Portal.Texts;

namespace Tokenline.Portal.Costs;

internal enum CostBy
{
    Node,
    Model,
    Member,
    Month,
}

/// <param name="Depth">Of a node in the tree; its figures are with all that lies under it.</param>
internal sealed record CostRow(string Name, int Depth, UsageSums Sums);

/// <summary>What a customer's calls were worth, from the sums of days: whatever the number of calls, it reads as many rows as there are days, models and keys.</summary>
internal sealed class CostReport
{
    private readonly IReadOnlyList<UsageDay> days;
    private readonly Scope scope;
    private readonly Dictionary<AllotmentId, UsageSums> under = [];
    private readonly Dictionary<KeyId, AllotmentId?> nodeOf;

    private CostReport(IReadOnlyList<UsageDay> days, Scope scope)
    {
        (this.days, this.scope) = (days, scope);
        nodeOf = scope.Keys.ToDictionary(key => key.Id, key => key.Allotment);
        var parents = scope.Nodes.ToDictionary(node => node.View.Terms.Id, node => node.View.Terms.Parent);
        foreach (var day in days)
        {
            AllotmentId? at = nodeOf.GetValueOrDefault(day.Of.Key);
            for (var depth = 0; at is { } node && node != Allotment.Root && depth <= Allotment.DepthMax; depth++)
            {
                under[node] = under.GetValueOrDefault(node) + day.Sums;
                at = parents.TryGetValue(node, out var parent) ? parent : null;
            }
        }
    }

    /// <summary>Of all accounts that serve the tree, as far as the scope goes.</summary>
    public static async Task<CostReport> ReadAsync(
        IChargeHistory history,
        AccountId account,
        Scope scope,
        DateOnly from,
        DateOnly to,
        Currency currency
    )
    {
        var days = new List<UsageDay>();
        foreach (var one in scope.Nodes.Select(node => node.Account).Append(account).Distinct())
            days.AddRange((await history.DaysAsync(one, from, to)).Where(day => day.Of.Currency == currency && scope.Takes(day.Of.Key)));
        return new(days, scope);
    }

    public UsageSums Total => days.Aggregate(default(UsageSums), (sum, day) => sum + day.Sums);

    /// <summary>With all that lies under it.</summary>
    public UsageSums Under(AllotmentId node) => under.GetValueOrDefault(node);

    public IReadOnlyList<CostRow> By(CostBy by, PortalTexts texts) =>
        by switch
        {
            CostBy.Node => Nodes(texts),
            CostBy.Model => Grouped(day => day.Of.Model),
            CostBy.Member => Grouped(day => MemberOf(day.Of.Key)),
            _ => [.. Grouped(day => day.Of.Day.ToString("yyyy-MM", CultureInfo.InvariantCulture)).OrderByDescending(row => row.Name)],
        };

    private List<CostRow> Nodes(PortalTexts texts)
    {
        var rows = new List<CostRow>();
        var byParent = scope
            .Nodes.Where(node => node.View.Terms.Id != Allotment.Root)
            .ToLookup(node => node.View.Terms.Id == scope.Top ? Allotment.Root : node.View.Terms.Parent);
        Walk(Allotment.Root, 0);
        var direct = days.Where(day => nodeOf.GetValueOrDefault(day.Of.Key) is null)
            .Aggregate(default(UsageSums), (sum, day) => sum + day.Sums);
        if (direct.Calls > 0)
            rows.Add(new(texts.WholeAccount, 0, direct));
        return rows;

        void Walk(AllotmentId parent, int depth)
        {
            foreach (var node in byParent[parent].OrderByDescending(node => Under(node.View.Terms.Id).RetailNano))
            {
                rows.Add(new(node.View.Terms.Name, depth, Under(node.View.Terms.Id)));
                Walk(node.View.Terms.Id, depth + 1);
            }
        }
    }

    private List<CostRow> Grouped(Func<UsageDay, string> name) =>
        [
            .. days.GroupBy(name)
                .Select(group => new CostRow(group.Key, 0, group.Aggregate(default(UsageSums), (sum, day) => sum + day.Sums)))
                .OrderByDescending(row => row.Sums.RetailNano),
        ];

    private string MemberOf(KeyId key) =>
        nodeOf.GetValueOrDefault(key) is { } node
        && scope.Nodes.FirstOrDefault(known => known.View.Terms.Id == node) is { View.Terms: { Type: AllotmentType.Member } member }
            ? member.Name
            : scope.Keys.FirstOrDefault(known => known.Id == key)?.Name ?? key.ToString();
}

/// <summary>Which months, and by what: the address says all of it.</summary>
internal sealed record CostQuery(DateOnly From, DateOnly To, CostBy By)
{
    private const int MonthsMax = 36;

    public static CostQuery Read(string? from, string? to, string? by, DateOnly today)
    {
        var last = Month(to) ?? new DateOnly(today.Year, today.Month, 1);
        var first = Month(from) ?? last;
        if (first > last)
            (first, last) = (last, first);
        if (first.AddMonths(MonthsMax) <= last)
            first = last.AddMonths(1 - MonthsMax);
        return new(
            first,
            last.AddMonths(1).AddDays(-1),
            Enum.TryParse<CostBy>(by, ignoreCase: true, out var known) && Enum.IsDefined(known) ? known : CostBy.Node
        );
    }

    public string Address(string path) => $"{path}?from={Text(From)}&to={Text(To)}&by={By.ToString().ToLowerInvariant()}";

    public static string Text(DateOnly month) => month.ToString("yyyy-MM", CultureInfo.InvariantCulture);

    private static DateOnly? Month(string? text) =>
        DateOnly.TryParseExact($"{text}-01", "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var month)
        && month.Year is > 2000 and < 2200
            ? month
            : null;
}
