namespace Tokenline.Billing.Tests.Bills;

/// <summary>A run that dies after each write in turn, and is started again, leaves the same books as one that does not.</summary>
public sealed class StoppedRunTests
{
    private const string Month = """
        terms zhipu share 70 platform 20 fixed 5
        terms openai wholesale platform 10
        channel shop share 5 from 2026-11
        agreement enterprise minimum 2000 tiers 0:0,1000:10
        11-01 sale plan 10.60 tax 6 to 12-01 channel shop
        11-01 grant plan/quota 10 general-token product plan to 12-01
        11-02 sale other 5 to 12-02 by bob
        11-02 grant other/quota 3 general-token product other to 12-02 by bob
        11-03 call c1 glm-5 zhipu 2 plan/quota
        11-04 call c2 gpt-5 openai 1 other/quota by bob cost 0.333 USD
        11-05 grant credit 1000 CNY as Credit by enterprise
        11-06 call c3 gpt-5 openai 12.345678 credit by enterprise cost 1.5 USD
        11-07 giveback c3 10%
        11-20 void plan/quota 8
        11-20 refund plan 8.48 tax 6
        """;

    [Fact]
    public async Task A_run_that_is_killed_after_any_write_and_started_again_leaves_the_same_bytes()
    {
        var whole = new MemoryBillingStore();
        var story = new MonthStory(whole);
        await story.GoOnAsync(Month);
        var prepared = whole.Copy();
        await FinishAsync(story);
        var expected = whole.Dump();

        var steps = 0;
        for (var survives = 0; ; survives++)
        {
            var copy = prepared.Copy();
            var dying = new DyingStore(copy, survives);
            try
            {
                await FinishAsync(story.Over(dying));
                break;
            }
            catch (OperationCanceledException)
            {
                steps++;
            }
            await FinishAsync(story.Over(copy));
            Assert.Equal(expected, copy.Dump());
        }
        Assert.True(steps >= 8, $"it was stopped {steps} times"); // each write, before and after
    }

    [Fact]
    public async Task The_same_run_twice_changes_nothing()
    {
        var store = new MemoryBillingStore();
        var story = new MonthStory(store);
        await story.GoOnAsync(Month);
        await FinishAsync(story);
        var once = store.Dump();
        await FinishAsync(story);
        Assert.Equal(once, store.Dump());
    }

    [Fact]
    public async Task Facts_that_are_written_one_by_one_come_to_the_same()
    {
        var atOnce = new MemoryBillingStore();
        var story = new MonthStory(atOnce);
        await story.GoOnAsync(Month);
        var prepared = atOnce.Copy();
        await story.Fold.CatchUpAsync(() => false, default);
        var other = story.Over(prepared);
        foreach (var fact in story.Facts.Facts.ToList())
        {
            other.Facts.Facts.Clear();
            other.Facts.Facts.AddRange(story.Facts.Facts.Take((int)fact.Position));
            await other.Fold.CatchUpAsync(() => true, default);
        }
        Assert.Equal(atOnce.Dump(), prepared.Dump());
    }

    [Fact]
    public async Task Of_two_that_run_the_same_period_at_once_one_is_told_so()
    {
        var store = new MemoryBillingStore();
        var story = new MonthStory(store);
        await story.GoOnAsync(Month);
        var rival = new DyingStore(store, int.MaxValue)
        {
            Before = () => story.CloseAsync(BillingPeriod.Of(2026, 11), MonthStory.At("12-01")),
        };
        await Assert.ThrowsAsync<BillingConflictException>(() =>
            story.Over(rival).CloseAsync(BillingPeriod.Of(2026, 11), MonthStory.At("12-01"))
        );
        await FinishAsync(story);
        Assert.Contains("bill", store.Dump(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dry_run_says_what_a_run_will_bill_and_writes_none_of_it()
    {
        var store = new MemoryBillingStore();
        var story = new MonthStory(store);
        await story.GoOnAsync(Month);
        var period = BillingPeriod.Of(2026, 11);
        var dry = (await story.Run.DryStepAsync(period, MonthStory.At("11-25"), default, () => false, default)).Required();
        Assert.True(dry.IsDone);
        Assert.DoesNotContain("document Bill", store.Dump(), StringComparison.Ordinal);
        Assert.Null(await store.ClosedAsync(default));
        var run = (await story.Run.StepAsync(period, MonthStory.At("12-01"), () => false, default)).Required();
        Assert.Equal(
            (dry.Bills, dry.DueNano, dry.PurchasesNano, dry.EarnedNano),
            (run.Bills, run.DueNano, run.PurchasesNano, run.EarnedNano)
        );
        Assert.Equal(3, run.Bills);
        Assert.Equal(
            Problems.WrongState,
            (await story.Run.DryStepAsync(period, MonthStory.At("12-01"), default, () => false, default)).Refused!.Problem
        );
    }

    private static async Task FinishAsync(MonthStory story)
    {
        Assert.Null(await story.CloseAsync(BillingPeriod.Of(2026, 11), MonthStory.At("12-01")));
        var settled = await story.Settlement.RunAsync(
            BillingPeriod.Of(2026, 11),
            new Dictionary<Currency, decimal> { [new Currency("USD")] = 7m },
            isDry: false,
            default
        );
        Assert.True(settled.Required().AddsUp);
    }
}
