namespace Tokenline.Billing.Tests.Bills;

/// <summary>A pool of 100 that was prepaid, of which more was used: what is beyond is counted when its period is over, and is a line of the bill.</summary>
public sealed class AccruedStories
{
    private const string Pool = """
        terms zhipu share 70
        terms openai share 50
        11-01 sale pool 1060 tax 6 to 12-01 channel shop by enterprise
        11-01 grant pool/quota 100 general-token product pool to 12-01 by enterprise
        11-01 grant pool/more 1000 general-token product pool to 12-01 as Pool beyond by enterprise
        11-12 call c1 glm-5 zhipu 100 pool/quota by enterprise
        11-20 call c2 glm-5 zhipu 30 pool/more by enterprise
        11-21 call c3 gpt-5 openai 10 pool/more by enterprise
        """;

    [Fact]
    public Task What_was_used_beyond_is_owed_with_the_bill_and_earned_by_the_calls_that_used_it() =>
        MonthStory.PlayAsync(
            $"""
            {Pool}
            11-30 beyond pool 42.40 tax 6 since 11-01 to 12-01 channel shop by enterprise
            close 2026-11
            bill enterprise 2026-11
              = purchase pool 1060
              = included pool/more glm-5 30
              = included pool/more gpt-5 10
              = included pool/quota glm-5 100
              = beyond pool 42.4
            books
              = carrier_clearing 1060 CNY
              = receivable:enterprise 42.4 CNY
              = revenue -1040 CNY
              = tax -62.4 CNY
            settle 2026-11
            statement 2026-11/vendor/zhipu/CNY
              = glm-5 gross 1030 vendor 721 platform 0 computing 0 channel 0 operator 309
              = due 721 balance 721 CNY issued
            statement 2026-11/vendor/openai/CNY
              = gpt-5 gross 10 vendor 5 platform 0 computing 0 channel 0 operator 5
              = due 5 balance 5 CNY issued
            """
        );

    [Fact]
    public Task What_is_counted_after_its_month_was_closed_is_on_the_next_bill_and_still_its_vendors() =>
        MonthStory.PlayAsync(
            $"""
            {Pool}
            close 2026-11
            books
              = carrier_clearing 1060 CNY
              = revenue -1000 CNY
              = tax -60 CNY
            11-30 beyond pool 42.40 tax 6 since 11-01 to 12-01 channel shop by enterprise
            close 2026-12 at 2027-01-01
            bill enterprise 2026-12
              = beyond pool 42.4
            settle 2026-11
            settle 2026-12
            statement 2026-12/vendor/openai/CNY
              = gpt-5 gross 10 vendor 5 platform 0 computing 0 channel 0 operator 5
              = due 5 balance 5 CNY issued
            """
        );

    [Fact]
    public Task What_a_term_falls_short_of_its_commitment_is_breakage() =>
        MonthStory.PlayAsync(
            """
            11-01 sale pool 100 to 12-01 by enterprise
            11-01 grant pool/quota 100 general-token product pool to 12-01 by enterprise
            11-12 call c1 glm-5 zhipu 100 pool/quota by enterprise
            11-30 trueup pool 21.20 tax 6 since 09-01 to 12-01 by enterprise
            close 2026-11
            bill enterprise 2026-11
              = purchase pool 100
              = included pool/quota glm-5 100
              = trueUp pool 21.2
            books
              = breakage -20 CNY
              = carrier_clearing 100 CNY
              = receivable:enterprise 21.2 CNY
              = revenue -100 CNY
              = tax -1.2 CNY
            """
        );

    [Fact]
    public async Task A_run_that_is_killed_after_any_write_bills_what_was_accrued_once_and_tells_it_once()
    {
        var whole = new MemoryBillingStore();
        var story = new MonthStory(whole);
        await story.GoOnAsync(Pool + "\n11-30 beyond pool 42.40 tax 6 since 11-01 to 12-01 channel shop by enterprise");
        var prepared = whole.Copy();
        var period = BillingPeriod.Of(2026, 11);
        Assert.Null(await story.CloseAsync(period, MonthStory.At("12-01")));
        var expected = whole.Dump();
        var billed = Assert.Single(story.Facts.Billed);
        Assert.Equal($"2026-11/{MonthStory.Account("enterprise")}", billed.Value);
        story.Facts.Billed.Clear();

        for (var survives = 0; ; survives++)
        {
            var copy = prepared.Copy();
            var stopped = story.Over(new DyingStore(copy, survives));
            try
            {
                await stopped.CloseAsync(period, MonthStory.At("12-01"));
                Assert.True(survives >= 8, $"it was stopped {survives} times");
                break;
            }
            catch (OperationCanceledException)
            {
                // started again below
            }
            var again = stopped.Over(copy);
            Assert.Null(await again.CloseAsync(period, MonthStory.At("12-01")));
            Assert.Null(await again.CloseAsync(period, MonthStory.At("12-01")));
            Assert.Equal(expected, copy.Dump());
            Assert.Equal(billed, Assert.Single(again.Facts.Billed));
        }
    }
}
