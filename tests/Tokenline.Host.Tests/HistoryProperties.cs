using Microsoft.Extensions.DependencyInjection;
using Tokenline.Billing;
using Tokenline.Billing.Bills;
using Tokenline.Billing.Ledger;
using Tokenline.Billing.Settlement;
using Tokenline.Charging;
using Tokenline.Charging.Audit;
using Tokenline.Charging.Records;
using Tokenline.Commerce;
using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.Quality;
using Tokenline.Host.History;
using Tokenline.Storage.Journal;
using Tokenline.Storage.Management;

namespace Tokenline.Host.Tests;

/// <summary>A short history, made once: whatever the product says of its books holds for it.</summary>
public sealed class HistoryProperties(HistoryProperties.Made made) : IClassFixture<HistoryProperties.Made>
{
    private static readonly DateTimeOffset now = new(2026, 11, 20, 4, 0, 0, TimeSpan.Zero);

    private static CancellationToken None => CancellationToken.None;

    [Fact]
    public void Its_audit_is_clean_and_every_call_has_ended()
    {
        using var journal = SqliteChargeJournal.OpenFile(Path.Combine(made.Folder, "charges.db"));
        var report = Auditor.Run(journal, made.Get<TariffHolder>(), [], None);

        Assert.Empty(report.Differences);
        Assert.Equal((made.Report.Calls, 0), ((int)report.Records, report.OpenCharges));
        Assert.True(made.Report.Calls > 800, $"only {made.Report.Calls} calls");
        Assert.True(made.Report.Customers > 30, $"only {made.Report.Customers} customers came");
    }

    [Fact]
    public async Task Its_ledger_adds_up_to_nothing_and_has_no_revenue_left_of_settled_months()
    {
        var balances = await made.Get<IBillingStore>().BalancesAsync(None);

        Assert.NotEmpty(balances);
        foreach (var currency in balances.GroupBy(balance => balance.Currency))
            Assert.Equal(Int128.Zero, currency.Aggregate(Int128.Zero, (sum, balance) => sum + balance.Nano));
        Assert.All(
            balances.Where(balance => balance.Account.Kind == LedgerAccountKind.Revenue),
            balance => Assert.Equal(Int128.Zero, balance.Nano)
        );
    }

    [Fact]
    public async Task Its_bills_are_its_usage()
    {
        var calendar = made.Get<BillingCalendar>();
        var records = new Dictionary<BillingPeriod, long>();
        await foreach (var record in RecordsAsync())
            records[calendar.PeriodOf(record.StartedAt)] = records.GetValueOrDefault(calendar.PeriodOf(record.StartedAt)) + 1;

        var closed = (await made.Get<IBillingStore>().ClosedAsync(None))!.Value;
        Assert.Equal(calendar.PeriodOf(now).Previous, closed);
        for (var period = records.Keys.Min(); period <= closed; period = period.Next)
        {
            var bills = await BillsAsync(period);
            Assert.All(bills, bill => Assert.Equal(bill.Hash, bill.Bill.Hash()));
            var calls = bills.Sum(bill =>
                bill.Bill.Lines.Where(line => line.Kind is BillLineKind.Included or BillLineKind.Usage).Sum(line => line.Calls)
            );
            Assert.Equal(records[period], calls);
        }
    }

    [Fact]
    public async Task Its_settlements_prove_their_sum_and_the_latest_waits_for_its_vendors()
    {
        var closed = (await made.Get<IBillingStore>().ClosedAsync(None))!.Value;
        var run = made.Get<SettlementRun>();
        var latest = (await run.RunAsync(closed, new Dictionary<Currency, decimal>(), isDry: true, None)).Required();

        Assert.True(latest is { IsNew: false, AddsUp: true });
        Assert.All(
            latest.Statements.Where(statement => statement.Kind == PayeeKind.Vendor),
            statement => Assert.Equal(StatementState.Issued, statement.State)
        );
        var before = (await run.RunAsync(closed.Previous, new Dictionary<Currency, decimal>(), isDry: true, None)).Required();
        Assert.True(before.AddsUp);
        Assert.Contains(before.Statements, statement => statement is { Kind: PayeeKind.Vendor, State: StatementState.Paid });
    }

    [Fact]
    public async Task The_catalogue_ends_as_the_demos()
    {
        var catalog = made.Get<ModelCatalogHolder>().Current;
        var book = made.Get<TariffHolder>();
        foreach (var model in DemoCatalogue.Read().Models.Models)
        {
            Assert.NotNull(catalog.Find(model.Id));
            var inForce = book.SheetOf(book.Current.Find(model.Id, now)!)!;
            Assert.Equal(model.Tiers.Select(tier => tier.Price["output"]), inForce.Tiers.Select(tier => tier.Price["output"]));
            Assert.Equal(model.Tiers.Select(tier => tier.Price["input"]), inForce.Tiers.Select(tier => tier.Price["input"]));
        }
        Assert.True(book.Current.Versions.Length > 10, "no price has ever changed");
        await Task.CompletedTask;
    }

    [Fact]
    public async Task What_deployments_were_measured_by_are_its_calls()
    {
        var days = await made.Get<IQualityStore>().DaysAsync(new(new DateOnly(2026, 1, 1), new DateOnly(2026, 12, 31)), None);
        var (served, output) = (0L, 0L);
        await foreach (var record in RecordsAsync())
        {
            served += record.Ending == CallEnding.VendorCut ? 0 : 1;
            output += record.Ending == CallEnding.VendorCut ? 0 : record.Usage[Meter.Output];
        }

        Assert.Equal(served, days.Sum(day => day.Tally[AttemptEnding.Served]));
        Assert.Equal(output, days.Sum(day => day.Tally.OutputTokens));
        Assert.True(days.Sum(day => day.Tally.Tried) > served, "nothing ever failed");
    }

    [Fact]
    public void Books_that_are_there_are_given_no_past()
    {
        Assert.True(DemoHistory.HasBooks(made.Folder));
        Assert.False(Directory.Exists(Path.Combine(made.Folder, "history.new")));
    }

    private async IAsyncEnumerable<UsageRecord> RecordsAsync()
    {
        var history = made.Get<IChargeHistory>();
        var (after, until) = (default(ChargeId), IdSource.Lowest<ChargeKind>(now));
        while (await history.CallsAsync(after, until, 1000) is { Count: > 0 } page)
        {
            foreach (var call in page)
                yield return (await history.FindRecordAsync(call.Charge))!;
            after = page[^1].Charge;
        }
    }

    private async Task<List<BillDocument>> BillsAsync(BillingPeriod period) =>
        [
            .. (await made.Get<IBillingStore>().ListAsync(DocumentKind.Bill, null, period, "", 500, None)).Select(stored =>
                BillingJson.Read<BillDocument>(stored.Body)
            ),
        ];

    /// <summary>Seventy days with 1,200 calls, in a folder of their own.</summary>
    public sealed class Made : IAsyncLifetime
    {
        private static readonly HistoryOptions options = new(70) { Calls = 1_200, Seed = 7 };
        private ServiceProvider services = null!;

        internal string Folder { get; } = Directory.CreateTempSubdirectory("tokenline-history-").FullName;

        internal HistoryReport Report { get; private set; } = null!;

        internal T Get<T>()
            where T : notnull => services.GetRequiredService<T>();

        public async ValueTask InitializeAsync()
        {
            Report = await DemoHistory.MakeAsync(
                Folder,
                options,
                new CommerceOptions(),
                new BillingOptions(),
                new Uri("http://127.0.0.1:9"),
                now,
                null,
                None
            );
            services = DemoHistory.Services(Folder, new CommerceOptions(), new BillingOptions(), now, options);
            await services.OpenManagementStorageAsync(None);
            await services.GetRequiredService<CommerceStart>().LoadAsync(None);
        }

        public async ValueTask DisposeAsync()
        {
            await services.DisposeAsync();
            Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
            Directory.Delete(Folder, recursive: true);
        }
    }
}
