using Microsoft.Extensions.Time.Testing;
using Tokenline.Charging.Journal;
using Tokenline.Charging.Records;
using Tokenline.Commerce;
using Tokenline.Portal.Calls;
using Tokenline.Portal.Texts;
using Tokenline.Storage.Journal;

namespace Tokenline.Portal.Tests;

/// <summary>How a page of few calls out of many is found, in a real journal: the newest twenty are looked at along the chain, and then it goes from day to day.</summary>
public sealed class CallFinderTests : IAsyncLifetime
{
    private const int LooksMax = 20;
    private const string Rare = "rare";
    private const string Common = "common";
    private static readonly AccountId account = new(42);
    private static readonly KeyId key = new(7);
    private static readonly DateTimeOffset now = new(2026, 11, 20, 12, 0, 0, TimeSpan.FromHours(8));

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("tokenline-calls-");
    private readonly OperatorClock clock = new(new CommerceOptions(), new FakeTimeProvider(now));
    private SqliteChargeJournal journal = null!;
    private CallFinder finder = null!;
    private long epoch;
    private long sequence;

    public async ValueTask InitializeAsync()
    {
        journal = new SqliteChargeJournal(Path.Combine(folder.FullName, "charges.db"), "Asia/Shanghai");
        finder = new CallFinder(journal, clock);
        epoch = (await journal.ClaimAsync(account)).Epoch;
    }

    public async ValueTask DisposeAsync()
    {
        await journal.DisposeAsync();
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Days_without_a_match_are_passed_by()
    {
        var first = await CallAsync(Rare, November(1, 9));
        await CallAsync(Common, November(1, 12));
        var second = await CallAsync(Rare, November(1, 20));
        foreach (var day in Enumerable.Range(2, 18))
            await FillAsync(November(day, 12));

        var found = await FindAsync(new(Rare), null, 10);

        Assert.Equal([second, first], Charges(found));
        Assert.Equal(LooksMax + 3, found.Looked); // the newest twenty, and the first day
        Assert.Null((await FindAsync(new(Rare, From: November(1, 0)), null, 10)).Next);
    }

    [Fact]
    public async Task The_day_that_the_chain_was_left_in_is_gone_on_with_and_nothing_of_it_is_given_twice()
    {
        var early = await CallAsync(Rare, November(19, 1));
        await FillAsync(November(19, 12));
        var late = await CallAsync(Rare, November(19, 23));

        Assert.Equal([late, early], Charges(await FindAsync(new(Rare), null, 10)));
    }

    [Fact]
    public async Task A_call_at_the_border_of_a_day_is_found_once_and_on_its_own_day()
    {
        var opens = await CallAsync(Rare, November(10, 0));
        var closes = await CallAsync(Rare, November(11, 0).AddMilliseconds(-1));
        var next = await CallAsync(Rare, November(11, 0));
        await FillAsync(November(19, 12));

        Assert.Equal([next, closes, opens], Charges(await FindAsync(new(Rare), null, 10)));
        var tenth = await FindAsync(new(Rare, From: November(10, 0), To: November(11, 0)), null, 10);
        Assert.Equal([closes, opens], Charges(tenth));
        Assert.Null(tenth.Next);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(8)]
    [InlineData(50)]
    public async Task Page_by_page_every_match_is_given_once_and_the_newest_first(int count)
    {
        var calls = new List<ChargeId>();
        foreach (var day in Enumerable.Range(3, 8))
        {
            calls.Add(await CallAsync(Rare, November(day, 8)));
            await FillAsync(November(day, 12));
        }
        await FillAsync(November(19, 12));
        calls.Reverse();

        var (seen, before) = (new List<ChargeId>(), (ChargeId?)null);
        for (var pages = 0; ; pages++)
        {
            Assert.InRange(pages, 0, 20);
            var page = await FindAsync(new(Rare), before, count);
            Assert.InRange(page.Records.Count, 0, count);
            seen.AddRange(Charges(page));
            if (page.Next is not { } next)
                break;
            before = next;
        }
        Assert.Equal(calls, seen);
    }

    [Fact]
    public async Task Five_days_are_looked_up_for_a_page_and_it_says_where_to_go_on()
    {
        var calls = new List<ChargeId>();
        foreach (var day in Enumerable.Range(3, 7))
            calls.Add(await CallAsync(Rare, November(day, 8)));
        await FillAsync(November(19, 12));
        calls.Reverse();

        var found = await FindAsync(new(Rare), null, 10);

        Assert.Equal(calls.Take(5), Charges(found));
        Assert.Equal(new DateOnly(2026, 11, 5), ReachedBy(found));
        var rest = await FindAsync(new(Rare), found.Next, 10);
        Assert.Equal(calls.Skip(5), Charges(rest));
        Assert.Null(rest.Next);
    }

    [Fact]
    public async Task Days_after_the_upper_bound_are_not_looked_up()
    {
        var wanted = await CallAsync(Rare, November(3, 8));
        foreach (var day in Enumerable.Range(4, 7))
            await CallAsync(Rare, November(day, 8));
        await FillAsync(November(19, 12));

        var found = await FindAsync(new(Rare, From: November(3, 0), To: November(4, 0)), null, 10);

        Assert.Equal([wanted], Charges(found));
        Assert.Equal(LooksMax + 1, found.Looked);
        Assert.Null(found.Next);
    }

    [Fact]
    public async Task Without_a_lower_bound_it_looks_a_year_back_says_so_and_goes_on_from_there()
    {
        var old = await CallAsync(Rare, new(2025, 10, 1, 8, 0, 0, TimeSpan.FromHours(8)));
        await FillAsync(November(18, 12));
        await FillAsync(November(19, 12));

        var found = await FindAsync(new(Rare), null, 10);

        Assert.Empty(found.Records);
        Assert.Equal(new DateOnly(2025, 11, 18), ReachedBy(found));
        var rest = await FindAsync(new(Rare), found.Next, 10);
        Assert.Equal([old], Charges(rest));
        Assert.Null(rest.Next);
    }

    [Fact]
    public async Task Before_the_first_id_that_could_be_made_there_is_nothing_to_go_on_with()
    {
        await FillAsync(new(2025, 6, 18, 12, 0, 0, TimeSpan.FromHours(8)));
        await FillAsync(new(2025, 6, 19, 12, 0, 0, TimeSpan.FromHours(8)));

        var found = await FindAsync(new(Rare), null, 10);

        Assert.Empty(found.Records);
        Assert.Null(found.Next);
    }

    [Fact]
    public void The_page_names_the_day_in_both_languages()
    {
        var day = new DateOnly(2025, 11, 18);
        Assert.Contains("18 Nov 2025", new PortalTexts(Language.English).LookedBackTo(day), StringComparison.Ordinal);
        Assert.Contains("2025年11月18日", new PortalTexts(Language.Chinese).LookedBackTo(day), StringComparison.Ordinal);
    }

    private static DateTimeOffset November(int day, int hour) => new(2026, 11, day, hour, 0, 0, TimeSpan.FromHours(8));

    private static IEnumerable<ChargeId> Charges(FoundCalls found) => found.Records.Select(record => record.Charge);

    /// <summary>What the page says.</summary>
    private DateOnly ReachedBy(FoundCalls found) => clock.DayOf(IdSource.At(found.Next!.Value));

    private Task<FoundCalls> FindAsync(CallFilter filter, ChargeId? before, int count) =>
        finder.FindAsync(account, filter, before, count, LooksMax);

    /// <summary>As many calls as are looked at along the chain, a minute apart.</summary>
    private async Task FillAsync(DateTimeOffset from)
    {
        for (var i = 0; i < LooksMax; i++)
            await CallAsync(Common, from.AddMinutes(i));
    }

    /// <summary>A call that was settled; in the order of their starts.</summary>
    private async Task<ChargeId> CallAsync(string model, DateTimeOffset at)
    {
        var charge = IdSource.Lowest<ChargeKind>(at);
        var record = new UsageRecord
        {
            Charge = charge,
            Account = account,
            Key = key,
            Model = model,
            Vendor = "v",
            Deployment = "d",
            TariffVersion = 1,
            StartedAt = at,
            EndedAt = at.AddSeconds(1),
            Usage = Usage.Of(1, 2),
            Basis = UsageBasis.Vendor,
            Ending = CallEnding.Completed,
            Payments = [],
            RetailNano = 30,
            UncollectedNano = 30,
            Currency = Currency.Cny,
        };
        await journal.Append(account, epoch, ++sequence, new Settled(at, charge, [], 30, 30, UsageBasis.Vendor), record, urgent: true);
        return charge;
    }
}
