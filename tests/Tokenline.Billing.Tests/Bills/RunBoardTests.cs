using Microsoft.Extensions.Time.Testing;
using Tokenline.Billing.Bills;
using Tokenline.Commerce;

namespace Tokenline.Billing.Tests.Bills;

/// <summary>Which run is made, seen from every node: two boards over one store.</summary>
public sealed class RunBoardTests
{
    private static readonly BillingPeriod november = BillingPeriod.Of(2026, 11);

    private readonly FakeTimeProvider time = new(new DateTimeOffset(2026, 12, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly MemoryBillingStore store = new();
    private readonly RunBoard here;
    private readonly RunBoard there;

    public RunBoardTests() => (here, there) = (new RunBoard(store, time), new RunBoard(store, time));

    [Fact]
    public async Task How_far_a_run_is_and_what_it_came_to_is_read_from_every_node()
    {
        var run = (await here.BeginAsync(PeriodRunKind.Bills, november, true, "Ann", default)).Required();
        run = await here.PutAsync(run.With(Slice(BillRunPhase.Accounts, 40)), default);
        var seen = (await there.LiveAsync(PeriodRunKind.Bills, default))!;
        Assert.Equal((november, "Ann", 40, 80, true), (seen.Period, seen.By, seen.Accounts, seen.Report!.Of, seen.IsDry));
        Assert.Contains("Ann", (await there.BeginAsync(PeriodRunKind.Bills, november.Previous, true, "Bob", default)).Refused!.Message);
        Assert.Null(await there.LiveAsync(PeriodRunKind.Settlement, default));

        await here.EndAsync(run.With(Slice(BillRunPhase.Done, 2)), null);
        Assert.Null(await there.LiveAsync(PeriodRunKind.Bills, default));
        var done = (await there.FindAsync(PeriodRunKind.Bills, november, default))!;
        Assert.Equal((true, 42, (Int128)84), (done.IsDone, done.Accounts, done.DueNano));

        // Another month is run, and this one's result is still there.
        (await there.BeginAsync(PeriodRunKind.Bills, november.Previous, false, "Bob", default)).Required();
        Assert.True((await here.FindAsync(PeriodRunKind.Bills, november, default))!.IsDone);
    }

    [Fact]
    public async Task A_run_that_is_heard_of_no_more_is_begun_again_elsewhere_and_the_first_writes_nothing()
    {
        var lost = (await here.BeginAsync(PeriodRunKind.Bills, november, false, "Ann", default)).Required();
        time.Advance(RunBoard.LostAfter);
        Assert.Equal(RunBoard.Stopped, (await there.FindAsync(PeriodRunKind.Bills, november, default))!.Failure);
        var again = (await there.BeginAsync(PeriodRunKind.Bills, november, false, "Bob", default)).Required();
        await Assert.ThrowsAsync<BillingConflictException>(() => here.PutAsync(lost, default));
        await Assert.ThrowsAsync<BillingConflictException>(() => here.EndAsync(lost, null));
        Assert.Equal("Bob", (await here.LiveAsync(PeriodRunKind.Bills, default))!.By);
        await there.EndAsync(again, null);
        Assert.True((await here.FindAsync(PeriodRunKind.Bills, november, default))!.IsDone);
    }

    [Fact]
    public async Task One_step_is_heard_of_while_it_is_made_and_its_end_says_why_it_was_not()
    {
        var made = new TaskCompletionSource<Outcome<string>>();
        var run = (await here.BeginAsync(PeriodRunKind.Settlement, november, false, "Ann", default)).Required();
        var making = here.AroundAsync(run, () => made.Task);
        for (var i = 0; i < 14; i++)
        {
            time.Advance(TimeSpan.FromSeconds(5));
            while ((await there.FindAsync(PeriodRunKind.Settlement, november, default))!.Seen < time.GetUtcNow())
                await Task.Yield();
        }
        Assert.NotNull(await there.LiveAsync(PeriodRunKind.Settlement, default));
        made.SetResult(new Refused(Problems.WrongState, "not yet"));
        Assert.Equal("not yet", (await making).Refused!.Message);
        Assert.Equal("not yet", (await there.FindAsync(PeriodRunKind.Settlement, november, default))!.Failure);
    }

    private static BillRunReport Slice(BillRunPhase phase, int accounts) =>
        BillRunReport.Empty(november, phase, accounts, 80, default) with
        {
            Accounts = accounts,
            Bills = accounts,
            DueNano = accounts * 2,
        };
}
