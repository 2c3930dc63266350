using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.WhatIf;

namespace Tokenline.Commerce.Tests.Storage;

public sealed class SqliteWhatIfStoreTests : WhatIfStoreContract
{
    private protected override bool IsShared => false;
}

public sealed class PostgresWhatIfStoreTests : WhatIfStoreContract
{
    private protected override bool IsShared => true;
}

/// <summary>Drafts that wait, are tried and were tried, on whichever database.</summary>
public abstract class WhatIfStoreContract : Databases
{
    private static readonly DateTimeOffset noon = World.Start;
    private static CancellationToken None => CancellationToken.None;

    private IWhatIfStore Store => Get<IWhatIfStore>();

    [Fact]
    public async Task A_run_is_taken_once_and_its_report_comes_back_as_it_was()
    {
        var offering = new ProductOffering("p", "P", "", OfferingKind.Plan, new Money(9_900_000_000, Currency.Cny), 1, []);
        var sheet = new PriceSheet(
            Currency.Cny,
            [new PriceSheetTier(null, new Dictionary<string, decimal> { ["input"] = 1, ["output"] = 2 })]
        );
        var request = new WhatIfRequest(noon.AddDays(-3), noon, new Dictionary<string, PriceSheet> { ["m"] = sheet }, offering, "q", 40)
        {
            Name = "cheaper",
        };
        Assert.True(await Store.AddAsync(new WhatIfRun("wif_1", request, noon), 16, 50, None));

        var taken = (await Store.TakeAsync("one", noon, noon.AddMinutes(-2), None))!;
        Assert.Equal(
            (WhatIfState.Running, "cheaper", "q", 40),
            (taken.State, taken.Request.Name, taken.Request.InsteadOf, taken.Request.Sample)
        );
        Assert.Equal(("p", 9_900_000_000), (taken.Request.Offering!.Id, taken.Request.Offering.Price.Nano));
        Assert.Equal(2, taken.Request.Prices!["m"].Tiers[0].Price["output"]);
        Assert.Null(await Store.TakeAsync("two", noon, noon.AddMinutes(-2), None));

        var side = new WhatIfSide((Int128)long.MaxValue * 4, -5, 3, 0);
        var report = new WhatIfReport(
            Currency.Cny,
            3,
            2,
            side,
            default,
            new(1, -7),
            default,
            1,
            [new(null, 0, 2)],
            [new(new PartyId(77), "Ann", side, side, 5, 1, 0)],
            5,
            1,
            0,
            1,
            0,
            0,
            0,
            0,
            0
        )
        {
            Revenue = new(-9, 4),
            Margin = new(8, 2),
        };
        var done = taken with { State = WhatIfState.Done, Report = report, EndedAt = noon, Looked = 3, Of = 3 };
        await Store.EndAsync(done with { State = WhatIfState.Failed }, "two"); // not its own
        await Store.EndAsync(done, "one");

        var found = (await Store.FindAsync("wif_1", None))!;
        Assert.Equal((WhatIfState.Done, 3, noon), (found.State, found.Looked, found.EndedAt));
        Assert.Equal(
            (side, report.Revenue, report.Margin, report.Gain),
            (found.Report!.Was, found.Report.Revenue, found.Report.Margin, found.Report.Gain)
        );
        Assert.Equal((report.Bands[0], report.Most[0]), (found.Report.Bands[0], found.Report.Most[0]));
    }

    [Fact]
    public async Task One_whose_worker_has_gone_is_taken_by_another_and_the_first_writes_nothing_any_more()
    {
        await AddAsync("wif_1");
        Assert.NotNull(await Store.TakeAsync("one", noon, noon.AddMinutes(-2), None));
        Assert.True(await Store.ProgressAsync("wif_1", "one", 1, 9, noon.AddMinutes(1), None));
        Assert.Null(await Store.TakeAsync("two", noon.AddMinutes(2), noon, None));
        Assert.NotNull(await Store.TakeAsync("two", noon.AddMinutes(4), noon.AddMinutes(2), None));
        Assert.False(await Store.ProgressAsync("wif_1", "one", 2, 9, noon.AddMinutes(4), None));
        await Store.ReleaseAsync("wif_1", "one");
        Assert.Equal(
            (WhatIfState.Running, 1),
            ((await Store.FindAsync("wif_1", None))!.State, (await Store.FindAsync("wif_1", None))!.Looked)
        );
        await Store.ReleaseAsync("wif_1", "two");
        Assert.Equal("wif_1", (await Store.TakeAsync("one", noon, noon.AddMinutes(-2), None))!.Id);
    }

    [Fact]
    public async Task What_waits_ends_when_it_is_cancelled_and_what_is_tried_hears_of_it()
    {
        await AddAsync("wif_1");
        await AddAsync("wif_2");
        Assert.Equal("wif_1", (await Store.TakeAsync("one", noon, noon.AddMinutes(-2), None))!.Id);
        foreach (var id in new[] { "wif_1", "wif_2", "wif_none" })
            await Store.CancelAsync(id, noon);
        Assert.False(await Store.ProgressAsync("wif_1", "one", 1, 9, noon, None));
        Assert.Equal(WhatIfState.Running, (await Store.FindAsync("wif_1", None))!.State);
        Assert.Equal(
            (WhatIfState.Cancelled, noon),
            ((await Store.FindAsync("wif_2", None))!.State, (await Store.FindAsync("wif_2", None))!.EndedAt)
        );
        Assert.Null(await Store.TakeAsync("one", noon, noon.AddMinutes(-2), None));
    }

    [Fact]
    public async Task The_line_is_bounded_and_of_what_has_ended_the_newest_stay()
    {
        for (var i = 0; i < 6; i++)
        {
            await AddAsync($"wif_{i}", kept: 3, at: noon.AddMinutes(i));
            if (i < 5)
                await Store.CancelAsync($"wif_{i}", noon);
        }
        Assert.Equal(["wif_5", "wif_4", "wif_3", "wif_2"], (await Store.ListAsync(10, None)).Select(run => run.Id));
        Assert.Equal(["wif_5"], (await Store.ListAsync(1, None)).Select(run => run.Id));
        Assert.False(await Store.AddAsync(new WhatIfRun("wif_6", Request(), noon), 1, 3, None));
        Assert.Null(await Store.FindAsync("wif_6", None));
    }

    private async Task AddAsync(string id, int kept = 50, DateTimeOffset? at = null) =>
        Assert.True(await Store.AddAsync(new WhatIfRun(id, Request(), at ?? noon), 16, kept, None));

    private static WhatIfRequest Request() => new(noon.AddDays(-1), noon, null, null, "plan-light") { Name = "x" };
}
