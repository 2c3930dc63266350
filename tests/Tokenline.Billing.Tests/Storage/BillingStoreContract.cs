using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Tokenline.Billing.Facts;
using Tokenline.Billing.Ledger;
using Tokenline.Charging.Accounts;
using Tokenline.Storage.Billing;
using Tokenline.Storage.Postgres;
using Tokenline.Testing;

namespace Tokenline.Billing.Tests.Storage;

public sealed class MemoryBillingStoreTests : BillingStoreContract
{
    private protected override Task<IBillingStore> OpenAsync() => Task.FromResult<IBillingStore>(new MemoryBillingStore());
}

public sealed class SqliteBillingStoreTests : BillingStoreContract
{
    private protected override Task<IBillingStore> OpenAsync()
    {
        var folder = Directory.CreateTempSubdirectory("tokenline-billing").FullName;
        return OpenAsync(services => services.AddBillingStorage(folder, Path.Combine(folder, "charges.db")));
    }
}

public sealed class PostgresBillingStoreTests : BillingStoreContract
{
    private PostgresDatabase? database;

    private protected override async Task<IBillingStore> OpenAsync()
    {
        database = await PostgresDatabase.OpenAsync(
            await PostgresServer.NewDatabaseAsync(),
            "test",
            [],
            TimeProvider.System,
            CancellationToken.None
        );
        return await OpenAsync(services => services.AddBillingStorage(database));
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        if (database is not null)
            await database.DisposeAsync();
    }
}

/// <summary>What every store of the books keeps.</summary>
public abstract class BillingStoreContract : IAsyncLifetime
{
    private static readonly BillingPeriod november = BillingPeriod.Of(2026, 11);
    private static readonly AccountId ann = new(7);
    private static readonly DateTimeOffset day = new(2026, 11, 5, 0, 0, 0, TimeSpan.Zero);
    private IBillingStore store = null!;
    private ServiceProvider? services;

    private protected abstract Task<IBillingStore> OpenAsync();

    private protected async Task<IBillingStore> OpenAsync(Action<IServiceCollection> add)
    {
        var collection = new ServiceCollection().AddLogging();
        collection.AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance);
        add(collection);
        services = collection.BuildServiceProvider();
        await services.OpenBillingStorageAsync(CancellationToken.None);
        return services.GetRequiredService<IBillingStore>();
    }

    public async ValueTask InitializeAsync() => store = await OpenAsync();

    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (services is not null)
            await services.DisposeAsync();
    }

    [Fact]
    public async Task A_transfer_is_posted_once_and_its_contradiction_is_refused()
    {
        var transfer = Paid("sale/1", 9_900_000_000);
        await store.CommitAsync(new BillingChange { Transfers = [transfer] }, default);
        await store.CommitAsync(new BillingChange { Transfers = [transfer, Paid("sale/2", 1)] }, default);
        await Assert.ThrowsAsync<BillingConflictException>(() =>
            store.CommitAsync(new BillingChange { Transfers = [Paid("sale/3", 5), Paid("sale/1", 8)] }, default)
        );
        var stored = await store.TransfersAsync(0, 10, default);
        Assert.Equal(["sale/1", "sale/2"], stored.Select(one => one.Transfer.Id));
        Assert.Equal(transfer.Content(), stored[0].Transfer.Content());
        Assert.Equal("Plan, light", stored[0].Transfer.Text);
        Assert.Equal(["sale/2"], (await store.TransfersAsync(stored[0].Number, 10, default)).Select(one => one.Transfer.Id));
        Assert.Equal(
            [("carrier_clearing", (Int128)9_900_000_001), ("deferred_revenue", -9_900_000_001)],
            (await store.BalancesAsync(default)).Select(balance => (balance.Account.ToString(), balance.Nano))
        );
    }

    [Fact]
    public async Task A_balance_is_exact_beyond_what_a_transfer_can_hold()
    {
        const long Most = long.MaxValue;
        await store.CommitAsync(
            new BillingChange { Transfers = [Paid("1", Most), Paid("2", Most), Paid("3", Most), Paid("4", -1)] },
            default
        );
        await store.CommitAsync(new BillingChange { Transfers = [Paid("5", Most)] }, default);
        Assert.Equal(((Int128)Most * 4) - 1, (await store.BalancesAsync(default))[0].Nano);
    }

    [Fact]
    public async Task A_change_that_is_refused_leaves_nothing()
    {
        await store.CommitAsync(new BillingChange { Marks = [new("work", 0, 5)] }, default);
        var change = new BillingChange
        {
            Marks = [new("work", 0, 7)],
            Transfers = [Paid("sale/1", 1)],
            Usage = [Sum(3)],
            Documents = [new(DocumentKind.Bill, "b", "g", november, 0, "{}")],
        };
        await Assert.ThrowsAsync<BillingConflictException>(() => store.CommitAsync(change, default));
        Assert.Equal(5, await store.MarkAsync("work", default));
        Assert.Empty(await store.TransfersAsync(0, 10, default));
        Assert.Empty(await store.AccountsAsync(default, 10, default));
        Assert.Null(await store.FindAsync(DocumentKind.Bill, "b", default));
        await store.CommitAsync(change with { Marks = [new("work", 5, 7)] }, default);
        Assert.Equal(7, await store.MarkAsync("work", default));
        Assert.Equal([ann], await store.AccountsAsync(default, 10, default));
    }

    [Fact]
    public async Task Sums_are_added_to_what_is_there()
    {
        var vendor = new VendorUsage(new("zhipu", new DateOnly(2026, 11, 5), "glm-5", "glm-5@zhipu", "input", false), 10);
        var cost = new VendorCost(new(november, "zhipu", new DateOnly(2026, 11, 5), "glm-5", 1, Currency.Cny), 1, 5);
        var line = new BaseLine(new(november, "zhipu", "glm-5", "", Currency.Cny), 9);
        var move = new BucketMove(new(new(ann, new BucketId(4)), november), 2, 3);
        var change = new BillingChange
        {
            Usage = [Sum(3)],
            Vendors = [vendor, vendor with { Of = vendor.Of with { IsAttempt = true } }],
            Costs = [cost],
            Base = [line],
            Moves = [move],
        };
        await store.CommitAsync(change, default);
        await store.CommitAsync(change, default);
        var books = Assert.Single(await store.BooksAsync(november, [ann], default));
        Assert.Equal(Sum(3).Totals + Sum(3).Totals, Assert.Single(books.Sums).Totals);
        Assert.Equal(Sum(3).Of, books.Sums[0].Of);
        Assert.Equal(move with { Added = 4, Taken = 6 }, Assert.Single(books.Moves));
        Assert.Equal([line with { Nano = 18 }], await store.BaseAsync(november, default));
        Assert.Equal([cost with { Calls = 2, Nano = 10 }], await store.CostsAsync(november, default));
        Assert.Equal(
            [(false, 20L), (true, 20L)],
            (await store.VendorUsageAsync("zhipu", vendor.Of.Day, vendor.Of.Day, default)).Select(sum => (sum.Of.IsAttempt, sum.Quantity))
        );
        Assert.Empty(await store.VendorUsageAsync("zhipu", vendor.Of.Day.AddDays(1), vendor.Of.Day.AddDays(9), default));
        Assert.Empty(await store.BaseAsync(november.Next, default));
        Assert.Empty((await store.BooksAsync(november.Next, [ann], default))[0].Sums);
    }

    [Fact]
    public async Task Two_payers_have_buckets_of_one_number_each_its_own()
    {
        var (bea, id) = (new AccountId(ann.Value + 1), new BucketId((1L << 62) | 512));
        var of = new BilledBucket(id, ann, november, "Ann's", BucketType.Postpaid, "CNY", true, 10, day, null, null, null, false, false);
        await store.CommitAsync(
            new BillingChange
            {
                Buckets = [of, of with { Payer = bea, Name = "Bea's" }],
                Moves = [new(new(new(ann, id), november), 1, 0), new(new(new(bea, id), november), 0, 2)],
            },
            default
        );
        var books = await store.BooksAsync(november, [ann, bea], default);
        Assert.Equal(["Ann's", "Bea's"], books.Select(own => Assert.Single(own.Buckets).Name));
        Assert.Equal([(1L, 0L), (0L, 2L)], books.Select(own => Assert.Single(own.Moves)).Select(move => (move.Added, move.Taken)));
    }

    [Fact]
    public async Task Buckets_and_sales_stay_as_they_were_first_told()
    {
        var bucket = new BilledBucket(
            new BucketId(4),
            ann,
            november,
            "Plan 轻量",
            BucketType.Plan,
            "general-token",
            false,
            10,
            day,
            null,
            new ProductId(1),
            null,
            false,
            true
        );
        var sale = new Sale(
            "ord_1",
            SaleKind.Order,
            new PartyId(3),
            ann,
            new ProductId(1),
            "plan",
            "Plan",
            new Money(99, Currency.Cny),
            6.5m,
            "shop",
            day,
            day,
            day.AddDays(30),
            false
        )
        {
            Period = november,
        };
        await store.CommitAsync(
            new BillingChange
            {
                Buckets = [bucket],
                Sales = [sale],
                Earned = [new("ord_1", "general-token", ann, 1, 2, 3)],
            },
            default
        );
        await store.CommitAsync(
            new BillingChange
            {
                Buckets = [bucket with { Granted = 1 }],
                Sales = [sale with { Name = "another" }],
                Earned = [new("ord_1", "general-token", ann, 4, 5, 6)],
            },
            default
        );
        var books = Assert.Single(await store.BooksAsync(november, [ann], default));
        Assert.Equal(bucket, Assert.Single(books.Buckets));
        Assert.Equal(sale, Assert.Single(books.Sales));
        Assert.Equal(new EarnedPart("ord_1", "general-token", ann, 4, 5, 6), Assert.Single(books.Earned));
        Assert.Equal(["ord_1"], await store.KnownSalesAsync(["ord_1", "ord_2"], default));
        Assert.Empty((await store.BooksAsync(november.Previous, [ann], default))[0].Buckets);
        Assert.Equal(november, await store.FirstAsync(default));
    }

    [Fact]
    public async Task Periods_are_closed_in_their_order()
    {
        Assert.Null(await store.ClosedAsync(default));
        await store.CommitAsync(new BillingChange { Closes = november }, default);
        Assert.Equal(november, await store.ClosedAsync(default));
        await Assert.ThrowsAsync<BillingConflictException>(() =>
            store.CommitAsync(new BillingChange { Closes = november.Next.Next }, default)
        );
        await store.CommitAsync(new BillingChange { Closes = november.Next }, default);
        await Assert.ThrowsAsync<BillingConflictException>(() => store.CommitAsync(new BillingChange { Closes = november.Next }, default));
        Assert.Equal(november.Next, await store.ClosedAsync(default));
    }

    [Fact]
    public async Task A_document_is_changed_only_by_who_knows_its_last_version()
    {
        await store.CommitAsync(new BillingChange { Documents = [Document("a", 0, "{\"n\":1}"), Document("b", 0, "{}")] }, default);
        await Assert.ThrowsAsync<BillingConflictException>(() =>
            store.CommitAsync(new BillingChange { Documents = [Document("a", 0, "{}")] }, default)
        );
        await store.CommitAsync(new BillingChange { Documents = [Document("a", 1, "{\"n\":2}")] }, default);
        await Assert.ThrowsAsync<BillingConflictException>(() =>
            store.CommitAsync(new BillingChange { Documents = [Document("a", 1, "{}")] }, default)
        );
        Assert.Equal(
            new StoredDocument(DocumentKind.Bill, "a", "g", november, 2, "{\"n\":2}"),
            await store.FindAsync(DocumentKind.Bill, "a", default)
        );
        Assert.Null(await store.FindAsync(DocumentKind.Statement, "a", default));
        Assert.Equal(["a", "b"], (await store.ListAsync(DocumentKind.Bill, "g", november, "", 10, default)).Select(one => one.Id));
        Assert.Equal(["b"], (await store.ListAsync(DocumentKind.Bill, null, null, "a", 10, default)).Select(one => one.Id));
        Assert.Single(await store.ListAsync(DocumentKind.Bill, null, november, "", 1, default));
        Assert.Empty(await store.ListAsync(DocumentKind.Bill, "other", null, "", 10, default));
        Assert.Empty(await store.ListAsync(DocumentKind.Bill, null, november.Next, "", 10, default));
    }

    [Fact]
    public async Task A_whole_month_comes_to_the_same_on_every_store()
    {
        var memory = new MonthStory(new MemoryBillingStore());
        await memory.GoOnAsync(MonthOfMany);
        var here = new MonthStory(store);
        await here.GoOnAsync(MonthOfMany);
        Assert.Equal(await memory.BalancesAsync(), await here.BalancesAsync());
        Assert.Equal(
            (await memory.Store.ListAsync(DocumentKind.Bill, null, null, "", 100, default)).Select(bill => bill.Body),
            (await store.ListAsync(DocumentKind.Bill, null, null, "", 100, default)).Select(bill => bill.Body)
        );
        Assert.Equal(
            (await memory.Store.ListAsync(DocumentKind.Statement, null, null, "", 100, default)).Select(statement => statement.Body),
            (await store.ListAsync(DocumentKind.Statement, null, null, "", 100, default)).Select(statement => statement.Body)
        );
    }

    [Fact]
    public async Task What_was_accrued_and_what_tiers_change_come_to_the_same_on_every_store()
    {
        var memory = new MonthStory(new MemoryBillingStore(), tariffs: Bills.VolumeTrueUpTests.Tariffs());
        await memory.GoOnAsync(MonthsOfAnEnterprise);
        var here = new MonthStory(store, tariffs: Bills.VolumeTrueUpTests.Tariffs());
        await here.GoOnAsync(MonthsOfAnEnterprise);

        var bills = await store.ListAsync(DocumentKind.Bill, null, null, "", 100, default);
        Assert.Equal(
            (await memory.Store.ListAsync(DocumentKind.Bill, null, null, "", 100, default)).Select(bill => bill.Body),
            bills.Select(bill => bill.Body)
        );
        Assert.Contains("volumeTrueUp", bills[1].Body, StringComparison.Ordinal);
        Assert.Equal(await memory.Store.BaseAsync(november.Next, default), await store.BaseAsync(november.Next, default));
        foreach (var limit in new[] { 1, 10 })
        {
            var attempts = await store.AttemptsAsync("zhipu", new(2026, 11, 7), "glm-5", default, limit, default);
            Assert.Equal(await memory.Store.AttemptsAsync("zhipu", new(2026, 11, 7), "glm-5", default, limit, default), attempts);
            Assert.Equal(Math.Min(limit, 2), attempts.Count);
        }
        var accrued = here.Facts.Sales.Single(sale => sale.IsAccrued);
        Assert.Equal(november.Next, (await store.FindSaleAsync(accrued.Id, default))!.Period);
        Assert.Null(await store.FindSaleAsync("nothing", default));
    }

    private const string MonthsOfAnEnterprise = """
        11-01 grant pool/more 1000 general-token product pool to 12-01 as Pool beyond by enterprise
        11-01 grant credit 1000 CNY as Credit by enterprise
        11-02 call c1 glm-5 zhipu 30 pool/more by enterprise
        11-03 call c2 glm-5 other 10 pool/more by enterprise
        11-05 call c3 glm-5 zhipu 20 credit tokens 2000000 by enterprise
        11-06 call c4 glm-5 other 8 credit tokens 1000000 by enterprise
        11-07 attempt glm-5 zhipu 100 by enterprise
        11-07 attempt glm-5 zhipu 200 by enterprise
        close 2026-11
        11-30 beyond pool 42.40 tax 6 since 11-01 to 12-01 by enterprise
        12-02 giveback c3 50%
        close 2026-12 at 2027-01-01
        """;

    private const string MonthOfMany = """
        terms zhipu share 70 platform 20
        channel shop share 5 from 2026-11
        11-01 sale plan 9.99 to 12-01 channel shop
        11-01 grant plan/quota 7 general-token product plan to 12-01
        11-02 call c1 glm-5 zhipu 1 plan/quota key a
        11-03 call c2 glm-5 zhipu 1 plan/quota key b in research
        11-04 call c3 qwen3-max alibaba 3 plan/quota
        11-05 grant payg 100 CNY to 12-01 as Postpaid by bob
        11-06 call c4 glm-5 zhipu 1.23456789 payg by bob
        11-07 giveback c4 33%
        close 2026-11
        settle 2026-11
        """;

    private static DocumentChange Document(string id, long known, string body) => new(DocumentKind.Bill, id, "g", november, known, body);

    private static UsageSum Sum(long amount) =>
        new(
            new(november, ann, new BucketId(4), "glm-5", "zhipu", "glm-5@zhipu", new KeyId(2), new AllotmentId(0), Currency.Cny),
            new(1, 100, 10, amount, 5, 6, 7)
        );

    private static Transfer Paid(string id, long nano) =>
        new(
            id,
            day,
            november,
            "Plan, light",
            [new(LedgerAccountKind.CarrierClearing, Currency.Cny, nano), new(LedgerAccountKind.DeferredRevenue, Currency.Cny, -nano)]
        );
}
