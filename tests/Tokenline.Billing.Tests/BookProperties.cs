using CsCheck;
using Tokenline.Billing.Bills;
using Tokenline.Billing.Facts;
using Tokenline.Billing.Ledger;
using Tokenline.Billing.Settlement;

namespace Tokenline.Billing.Tests;

/// <summary>Any months, in any order of what happens: nothing is lost between the books.</summary>
public sealed class BookProperties
{
    private const long Samples = 300;

    /// <summary>What may happen in a story, in numbers that do not divide.</summary>
    private static readonly Gen<string> happening = Gen.OneOf(
        from plan in Gen.Int[1, 3]
        from day in Gen.Int[1, 28]
        from cents in Gen.Int[1, 9_999]
        from quota in Gen.Int[1, 97]
        from tax in Gen.Int[0, 13]
        from channel in Gen.Bool
        select Day(day)
            + $" sale p{plan} {cents / 100}.{cents % 100:00} tax {tax} to 12-{day:00}{(channel ? " channel shop" : "")}\n"
            + Day(day)
            + $" grant p{plan}q {quota} general-token product p{plan} to 12-{day:00}",
        from plan in Gen.Int[1, 3]
        from day in Gen.Int[1, 28]
        from used in Gen.Int[1, 13]
        from model in Gen.OneOf(Gen.Const("glm-5 zhipu"), Gen.Const("qwen3-max alibaba"), Gen.Const("gpt-5 openai"))
        from cost in Gen.Int[0, 777_777]
        select $"{Day(day)} call {{n}} {model} {used}.{used:0} p{plan}q{Cost(model, cost)}",
        from day in Gen.Int[1, 28]
        from nano in Gen.Int[1, 999_999_999]
        from model in Gen.OneOf(Gen.Const("glm-5 zhipu"), Gen.Const("qwen3-max alibaba"), Gen.Const("gpt-5 openai"))
        from cost in Gen.Int[0, 777_777]
        select $"{Day(day)} call {{n}} {model} 0.{nano:000000000} credit by bob{Cost(model, cost)}",
        from day in Gen.Int[1, 28]
        from share in Gen.Int[1, 100]
        select $"{Day(day)} giveback {{c}} {share}%"
    );

    [Fact]
    public void Nothing_is_lost_between_facts_ledger_bills_and_statements() =>
        happening
            .Array[1, 24]
            .Sample(
                lines =>
                {
                    var story = Play(lines);
                    CheckAsync(story).GetAwaiter().GetResult();
                },
                iter: Samples,
                threads: 1
            );

    [Fact]
    public void Parts_of_an_amount_are_the_amount_and_each_is_nearest_to_its_share() =>
        Gen.Select(Gen.Long[-1_000_000_000_000, 1_000_000_000_000], Gen.Int[-5, 1_000_000].Array[1, 20])
            .Where((_, weights) => weights.Sum(weight => (long)weight) != 0)
            .Sample(
                (amount, weights) =>
                {
                    Int128[] exact = [.. weights.Select(weight => (Int128)weight)];
                    var parts = Split.Proportionally(amount, exact);
                    Assert.Equal(amount, parts.Aggregate(Int128.Zero, (sum, part) => sum + part));
                    var all = exact.Aggregate(Int128.Zero, (sum, weight) => sum + weight);
                    for (var i = 0; i < parts.Length; i++)
                        Assert.True(Int128.Abs((parts[i] * all) - (amount * exact[i])) < Int128.Abs(all));
                },
                iter: 2_000
            );

    /// <summary>What cannot happen in a story – a call on a plan that nobody has bought, a call given back twice – is left out.</summary>
    private static MonthStory Play(string[] lines)
    {
        var story = new MonthStory();
        var known = new List<string>
        {
            "terms zhipu share 70 platform 20 fixed 3 computing 0.7 hosted glm-5@zhipu",
            "terms openai wholesale platform 7",
            "channel shop share 9.1234 from 2026-11",
            "11-01 grant credit 1000 CNY as Credit by bob",
        };
        var (plans, calls, number) = (new HashSet<string>(), new List<string>(), 0);
        foreach (var line in lines)
        {
            var words = line.Split(' ', '\n');
            if (words[1] == "sale" && !plans.Add(words[2]))
                continue;
            if (words[1] == "call" && words[^1] != "bob" && !words.Contains("credit") && !plans.Any(plan => words.Contains($"{plan}q")))
                continue;
            if (words[1] == "giveback" && calls.Count == 0)
                continue;
            if (words[1] == "call")
                calls.Add($"c{++number}");
            known.Add(
                line.Replace("{n}", $"c{number}", StringComparison.Ordinal).Replace("{c}", calls.LastOrDefault(), StringComparison.Ordinal)
            );
            if (words[1] == "giveback")
                calls.RemoveAt(calls.Count - 1);
        }
        known.AddRange(["close 2026-11", "settle 2026-11 rate USD 7.123456", "close 2026-12 at 2027-01-01", "settle 2026-12 rate USD 6.9"]);
        story.GoOnAsync(string.Join('\n', known)).GetAwaiter().GetResult(); // it checks that Σ ledger = 0
        return story;
    }

    private static async Task CheckAsync(MonthStory story)
    {
        var balances = (await story.Store.BalancesAsync(default)).ToDictionary(
            balance => (balance.Account.ToString(), balance.Currency),
            balance => balance.Nano
        );
        // Settlement base = what was earned = what the settlements divided: nothing is left in revenue.
        Assert.Equal(0, balances.GetValueOrDefault((LedgerAccount.Name(LedgerAccountKind.Revenue), Currency.Cny)));
        // Bills = usage on credit − what was given back, but for the rounding of each line.
        var bills = (await story.Store.ListAsync(DocumentKind.Bill, null, null, "", 100, default))
            .Select(stored => BillingJson.Read<BillDocument>(stored.Body))
            .ToList();
        var lines = bills.SelectMany(bill => bill.Bill.Lines).Where(line => line.IsOwed).ToList();
        var onCredit = story
            .Facts.Facts.Select(fact =>
                fact.Record is { } record && fact.Entry is null && record.Payments[0].IsMoney ? record.Payments[0].Amount : 0
            )
            .Sum();
        var givenBack = story
            .Facts.Facts.Select(fact => fact.Entry)
            .OfType<Charging.Journal.Refunded>()
            .SelectMany(refund => refund.Parts)
            .Where(part => part.Bucket == story.BucketOf("credit"))
            .Sum(part => part.Amount);
        Assert.Equal(onCredit - givenBack, lines.Sum(line => line.ExactNano));
        Assert.Equal(
            lines.Sum(line => line.AmountNano),
            (long)
                balances
                    .Where(balance => balance.Key.Item1.StartsWith("receivable", StringComparison.Ordinal))
                    .Select(b => b.Value)
                    .Sum128()
        );
        Assert.All(bills, bill => Assert.Equal(bill.Hash, bill.Bill.Hash()));
        // What was sold and has ended is earned or broken, to the nano.
        Assert.Equal(0, balances.GetValueOrDefault((LedgerAccount.Name(LedgerAccountKind.DeferredRevenue), Currency.Cny)));
        // What statements say is owed is what the ledger says.
        foreach (var period in new[] { BillingPeriod.Of(2026, 11), BillingPeriod.Of(2026, 12) })
            Assert.All(
                await story.Settlement.StatementsAsync(period, default),
                statement => Assert.All(statement.Lines, line => Assert.True(line.AddsUp || statement.Kind == PayeeKind.Channel))
            );
        var due = (await story.Settlement.StatementsAsync(BillingPeriod.Of(2026, 11), default))
            .Concat(await story.Settlement.StatementsAsync(BillingPeriod.Of(2026, 12), default))
            .Where(statement => statement.Kind != PayeeKind.Operator)
            .GroupBy(statement =>
                (Account: $"{(statement.Kind == PayeeKind.Vendor ? "vendor" : "channel")}_payable:{statement.Payee}", statement.Currency)
            );
        Assert.All(due, payee => Assert.Equal(-payee.Sum(statement => statement.DueNano), (long)balances.GetValueOrDefault(payee.Key)));
    }

    private static string Day(int day) => $"11-{day:00}";

    private static string Cost(string model, int nano) =>
        model.EndsWith("openai", StringComparison.Ordinal) ? $" cost 0.{nano:000000000} USD" : "";
}

internal static class Sums
{
    public static Int128 Sum128(this IEnumerable<Int128> amounts) => amounts.Aggregate(Int128.Zero, (sum, amount) => sum + amount);
}
