using Microsoft.Extensions.Logging.Abstractions;
using Tokenline.Billing.Facts;
using Tokenline.Charging;
using Tokenline.Charging.Accounts;
using Tokenline.Charging.Journal;
using Tokenline.Charging.Records;
using Tokenline.Storage.Billing;
using Tokenline.Storage.Journal;
using Tokenline.Storage.Journal.Postgres;
using Tokenline.Storage.Postgres;
using Tokenline.Testing;

namespace Tokenline.Billing.Tests.Storage;

public sealed class SqliteJournalFeedTests : JournalFeedContract
{
    private protected override Task<(IChargeJournal, IJournalFeed)> OpenAsync()
    {
        var file = Path.Combine(Directory.CreateTempSubdirectory("tokenline-feed").FullName, "charges.db");
        return Task.FromResult<(IChargeJournal, IJournalFeed)>(
            (new SqliteChargeJournal(file, MonthStory.Zone), new SqliteJournalFeed(file))
        );
    }
}

public sealed class PostgresJournalFeedTests : JournalFeedContract
{
    private PostgresDatabase database = null!;

    private protected override async Task<(IChargeJournal, IJournalFeed)> OpenAsync()
    {
        database = await PostgresDatabase.OpenAsync(
            await PostgresServer.NewDatabaseAsync(),
            "test",
            [PostgresJournalSchema.Area],
            TimeProvider.System,
            CancellationToken.None
        );
        var journal = new PostgresChargeJournal(
            database.Source,
            1,
            MonthStory.Zone,
            TimeProvider.System,
            NullLogger<PostgresChargeJournal>.Instance
        );
        return (journal, new PostgresJournalFeed(database.Source));
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await database.DisposeAsync();
    }
}

/// <summary>What the books read of a charge journal, on whichever database.</summary>
public abstract class JournalFeedContract : IAsyncLifetime
{
    private static readonly DateTimeOffset now = new(2026, 11, 5, 0, 0, 0, TimeSpan.Zero);
    private static readonly AccountId account = new(7);
    private static readonly BucketId bucket = new(3);
    private IChargeJournal journal = null!;
    private IJournalFeed feed = null!;

    private protected abstract Task<(IChargeJournal, IJournalFeed)> OpenAsync();

    public async ValueTask InitializeAsync() => (journal, feed) = await OpenAsync();

    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await ((IAsyncDisposable)journal).DisposeAsync();
    }

    [Fact]
    public async Task Facts_come_in_order_with_the_records_of_what_was_settled_and_without_holds()
    {
        Assert.Equal(0, await feed.HorizonAsync(default));
        var charge = new IdSource(TimeProvider.System).Next<ChargeKind>();
        var record = RecordOf(charge);
        var claimed = await journal.ClaimAsync(account);
        JournalEntry[] entries =
        [
            new BucketGranted(now, Grant),
            new Dispatched(now, charge, new KeyId(1), "glm-5", 1, "zhipu", "glm-5@zhipu", false, 1, 1, 1, [new(bucket, 5)], 1, null),
            new Settled(now, charge, [new SettledPart(bucket, 5, 4)], 9, 0, UsageBasis.Vendor),
            new Refunded(
                now,
                charge,
                now,
                "glm-5",
                null,
                null,
                1_000_000,
                [new(bucket, 4, true, null)],
                9,
                null,
                null,
                new CommandId(8),
                1,
                "sorry"
            ),
            new BucketVoided(now, bucket, 6, null, ""),
        ];
        for (var i = 0; i < entries.Length; i++)
            await journal.Append(account, claimed.Epoch, i + 1, entries[i], entries[i] is Settled ? record : null, urgent: true);

        var horizon = await feed.HorizonAsync(default);
        var facts = await feed.ReadAsync(0, horizon, 100, default);
        Assert.Equal([typeof(BucketGranted), null, typeof(Refunded), typeof(BucketVoided)], facts.Select(fact => fact.Entry?.GetType()));
        Assert.All(facts, fact => Assert.Equal(account, fact.Account));
        Assert.Equal(charge, facts[1].Record!.Charge);
        Assert.Equal(charge, facts[2].Record!.Charge);
        Assert.Null(facts[3].Record);

        var (first, rest) = (await feed.ReadAsync(0, horizon, 2, default), new List<JournalFact>());
        rest.AddRange(await feed.ReadAsync(first[^1].Position, horizon, 2, default));
        Assert.Equal(facts.Select(fact => fact.Position), first.Concat(rest).Select(fact => fact.Position));
        Assert.Empty(await feed.ReadAsync(horizon, horizon, 2, default));
        Assert.Single(await feed.ReadAsync(0, facts[0].Position, 2, default));

        // By vendor and model, as those of a day are looked for.
        var before = new ChargeId(charge.Value - 1);
        Assert.Equal(charge, Assert.Single(await feed.CallsAsync("zhipu", "glm-5", before, charge, 10, default)).Charge);
        Assert.Empty(await feed.CallsAsync("zhipu", "glm-5", charge, new ChargeId(long.MaxValue), 10, default));
        Assert.Empty(await feed.CallsAsync("openai", "glm-5", before, charge, 10, default));
        Assert.Empty(await feed.CallsAsync("zhipu", "gpt-5", before, charge, 10, default));

        // And so they are summed: what was given back takes off what was used.
        var store = new MemoryBillingStore();
        await new UsageFold(feed, store, MonthStory.Calendar).CatchUpAsync(() => false, default);
        var books = Assert.Single(await store.BooksAsync(BillingPeriod.Of(2026, 11), [account], default));
        Assert.Equal((1, 0), (books.Sums[0].Totals.Calls, books.Sums[0].Totals.Amount));
        Assert.Equal(6, Assert.Single(books.Moves).Taken);
        Assert.Equal(horizon, await store.MarkAsync(UsageFold.Mark, default));
    }

    private static BucketGrant Grant =>
        new(bucket, "Plan", BucketType.Plan, new QuotaUnit("general-token"), null, 10, 200, now, null, null, new ProductId(1));

    private static UsageRecord RecordOf(ChargeId charge) =>
        new()
        {
            Charge = charge,
            Account = account,
            Key = new KeyId(1),
            Model = "glm-5",
            Vendor = "zhipu",
            Deployment = "glm-5@zhipu",
            TariffVersion = 1,
            StartedAt = now,
            EndedAt = now,
            Usage = Usage.Of(10, 1),
            Basis = UsageBasis.Vendor,
            Ending = CallEnding.Completed,
            Payments = [new Payment(bucket, "Plan", "general-token", false, 4, 9)],
            RetailNano = 9,
            UncollectedNano = 0,
            Currency = Currency.Cny,
        };
}
