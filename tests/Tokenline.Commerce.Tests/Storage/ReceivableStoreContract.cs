using Tokenline.Commerce.Receivables;

namespace Tokenline.Commerce.Tests.Storage;

public sealed class SqliteReceivableStoreTests : ReceivableStoreContract
{
    private protected override bool IsShared => false;
}

public sealed class PostgresReceivableStoreTests : ReceivableStoreContract
{
    private protected override bool IsShared => true;
}

/// <summary>What the store of receivables promises, on whichever database.</summary>
public abstract class ReceivableStoreContract : Databases
{
    private static CancellationToken None => CancellationToken.None;
    private IReceivableStore Store => Get<IReceivableStore>();

    [Fact]
    public async Task Of_many_at_once_so_much_is_issued_as_the_limit_leaves_room_for()
    {
        var customer = await AgreeAsync(10);

        var made = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(() => IssueAsync(customer, $"o{i}", 3))));

        Assert.Equal(3, made.Count(one => one.Entry.Type == ReceivableEntryType.Issued));
        Assert.Contains("credit limit of 10 CNY", made.First(one => one.Receivable is null).Entry.Reason, StringComparison.Ordinal);
        await CheckAsync(customer, open: 9, credit: 0);
        Assert.Equal(8, (await Store.EntriesAsync(0, World.Start, 100, None)).Count);
    }

    [Fact]
    public async Task It_is_issued_and_paid_once_under_its_name_and_no_more_than_is_open_is_paid()
    {
        var customer = await AgreeAsync(100);
        var made = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => IssueAsync(customer, "o", 10))));
        var id = Assert.Single(made.Select(one => one.Receivable!.Id).Distinct());

        var paid = await Task.WhenAll(
            Enumerable.Range(0, 4).Select(_ => Task.Run(() => Store.PayAsync(id, "t1", Yuan(6), "t1", World.Start)))
        );

        Assert.All(paid, one => Assert.Equal(4m, one!.Receivable!.Open.ToDecimal()));
        Assert.Null(await Store.PayAsync(id, "t2", Yuan(4.01m), "t2", World.Start));
        var last = await Store.PayAsync(id, "t3", Yuan(4), "t3", World.Start.AddDays(1));
        Assert.Equal((0m, World.Start.AddDays(1)), (last!.Receivable!.Open.ToDecimal(), last.Receivable.SettledAt));
        await CheckAsync(customer, open: 0, credit: 0);
        Assert.Equal(
            [ReceivableEntryType.Issued, ReceivableEntryType.Paid, ReceivableEntryType.Paid],
            (await Store.EntriesAsync(id, None)).Select(entry => entry.Type)
        );
    }

    [Fact]
    public async Task What_is_given_back_lowers_what_is_open_and_the_rest_pays_for_the_next()
    {
        var customer = await AgreeAsync(100);
        var id = (await IssueAsync(customer, "o", 10)).Receivable!.Id;
        await Store.PayAsync(id, "t", Yuan(7), "t", World.Start);

        var credited = await Store.CreditAsync("o", "r", Yuan(5), "unused", World.Start);
        Assert.Equal((ReceivableEntryType.Credited, 0m), (credited.Entry.Type, credited.Receivable!.Open.ToDecimal()));
        await CheckAsync(customer, open: 0, credit: 2);
        Assert.Equal(ReceivableEntryType.Refused, (await Store.CreditAsync("o", "r2", Yuan(5.01m), "too much", World.Start)).Entry.Type);
        Assert.Equal(credited.Entry, (await Store.CreditAsync("o", "r", Yuan(5), "unused", World.Start)).Entry);

        var next = (await IssueAsync(customer, "o2", 3)).Receivable!;
        Assert.Equal((3m, 1m), (next.Amount.ToDecimal(), next.Open.ToDecimal()));
        await CheckAsync(customer, open: 1, credit: 0);
        Assert.Equal(
            [ReceivableEntryType.Issued, ReceivableEntryType.Applied],
            (await Store.EntriesAsync(next.Id, None)).Select(entry => entry.Type)
        );
    }

    [Fact]
    public async Task Without_terms_or_with_something_overdue_nothing_is_issued_and_what_is_to_be_told_is_found()
    {
        var stranger = (await world.NewCustomerAsync("+8613900000009")).Id;
        Assert.Equal(ReceivableEntryType.Refused, (await IssueAsync(stranger, "s", 1)).Entry.Type);
        var customer = await AgreeAsync(100);
        var first = (await IssueAsync(customer, "o1", 10)).Receivable!;
        var second = (await IssueAsync(customer, "o2", 10)).Receivable!;
        Assert.Empty(await Store.ToTellAsync(default, first.DueAt.AddTicks(-1), 10, None));

        Assert.Equal([first.Id], (await Store.ToTellAsync(default, first.DueAt, 1, None)).Select(one => one.Id));
        Assert.Equal([second.Id], (await Store.ToTellAsync(first.Id, first.DueAt, 10, None)).Select(one => one.Id));
        var late = await Store.IssueAsync(Wanted(customer, "o3", 1), first.DueAt);
        Assert.Equal("an earlier invoice is overdue", late.Entry.Reason);
        await Store.ToldAsync(first.Id, isOverdue: true);
        await Store.ToldAsync(second.Id, isOverdue: true);
        Assert.Empty(await Store.ToTellAsync(default, first.DueAt, 10, None));
        await Store.PayAsync(first.Id, "t", Yuan(10), "t", first.DueAt);
        Assert.Equal([first.Id], (await Store.ToTellAsync(default, first.DueAt, 10, None)).Select(one => one.Id));

        Assert.Equal([second.Id], (await Store.ListAsync(customer, isOpen: true, null, 10, None)).Select(one => one.Id));
        Assert.Equal([second.Id, first.Id], (await Store.ListAsync(customer, isOpen: false, null, 10, None)).Select(one => one.Id));
        Assert.Equal([first.Id], (await Store.ListAsync(customer, isOpen: false, second.Id, 10, None)).Select(one => one.Id));
    }

    private static Money Yuan(decimal amount) => Money.FromDecimal(amount, Currency.Cny);

    private async Task<PartyId> AgreeAsync(decimal limit)
    {
        var customer = (await world.NewCustomerAsync()).Id;
        await Store.PutTermsAsync(new InvoiceTerms(customer, 30, Yuan(limit), null, false, World.Start), None);
        return customer;
    }

    private Receivable Wanted(PartyId customer, string name, decimal amount) =>
        new(
            Get<IdSource>().Next<ReceivableKind>(),
            customer,
            name,
            Yuan(amount),
            Yuan(amount),
            name,
            null,
            World.Start,
            World.Start.AddDays(30)
        );

    private Task<ReceivableOutcome> IssueAsync(PartyId customer, string name, decimal amount) =>
        Store.IssueAsync(Wanted(customer, name, amount), World.Start);

    /// <summary>What the terms say is the sum over the receivables, and of each what happened to it.</summary>
    private async Task CheckAsync(PartyId customer, decimal open, decimal credit)
    {
        var all = await Store.ListAsync(customer, isOpen: false, null, 100, None);
        var terms = (await Store.FindTermsAsync(customer, None))!;
        Assert.Equal((Yuan(open), Yuan(credit)), (terms.Open, terms.Credit));
        Assert.Equal(Yuan(open).Nano, all.Sum(one => one.Open.Nano));
        var overpaid = 0L;
        foreach (var one in all)
        {
            var lowered = (await Store.EntriesAsync(one.Id, None)).Where(entry =>
                entry.Type != ReceivableEntryType.Issued && entry.Type != ReceivableEntryType.Refused
            );
            var left = one.Amount.Nano - lowered.Sum(entry => entry.Amount.Nano);
            Assert.Equal(one.Open.Nano, Math.Max(left, 0));
            overpaid += Math.Max(-left, 0);
        }
        var applied = (await Store.EntriesAsync(0, World.Start.AddYears(1), 1000, None)).Where(entry =>
            entry.Type == ReceivableEntryType.Applied
        );
        Assert.Equal(Yuan(credit).Nano, overpaid - applied.Sum(entry => entry.Amount.Nano));
    }
}
