using Microsoft.Extensions.Logging.Abstractions;
using Tokenline.Gateway.Overload;
using Tokenline.Testing;

namespace Tokenline.Gateway.Tests.Overload;

public sealed class AdmissionTests
{
    private const int Megabyte = 1024 * 1024;

    private static readonly GatewayOptions options = new()
    {
        CallsMax = 3,
        BodiesBytesMax = 4 * Megabyte,
        QueueDelayMilliseconds = 20,
    };

    private readonly BodyMemory bodies = new(options);
    private readonly Admission admission;

    public AdmissionTests() => admission = new(options, bodies);

    [Fact]
    public void As_many_as_may_are_in_and_the_next_is_told_when_to_come_back()
    {
        for (var i = 0; i < options.CallsMax; i++)
            Assert.Null(admission.Enter());

        var refused = admission.Enter();

        Assert.Equal(Problems.Overloaded, refused!.Problem);
        Assert.InRange(refused.RetryAfterSeconds!.Value, 1, 4);
        Assert.Equal(options.CallsMax, admission.Running);
        Assert.Equal(1, admission.Refusals);
        admission.Leave();
        Assert.Null(admission.Enter());
    }

    [Fact]
    public void Of_calls_that_wait_too_long_the_share_is_refused_that_is_asked_for()
    {
        admission.Share = 0.7;
        var refused = 0;
        for (var i = 0; i < 10_000; i++)
        {
            if (admission.Enter() is not null)
                refused++;
            else
                admission.Leave();
        }

        Assert.InRange(refused, 6_700, 7_300);
        Assert.Equal(0, admission.Running);
    }

    [Fact]
    public void While_few_calls_run_none_is_refused_for_what_it_waited()
    {
        var slow = new Admission(options with { CallsMax = 1_000, CallsNeverShed = 20 }, bodies) { Share = 0.95 };

        for (var i = 0; i < 20; i++)
            Assert.Null(slow.Enter());

        Assert.Contains(Enumerable.Range(0, 100), _ => slow.Enter() is not null);
    }

    [Fact]
    public void Nobody_who_was_refused_together_comes_back_together()
    {
        admission.Share = 0.95;

        var seconds = Enumerable.Range(0, 200).Select(_ => admission.Enter()?.RetryAfterSeconds).OfType<int>().Distinct().Count();

        Assert.Equal(4, seconds);
    }

    [Fact]
    public void The_door_allocates_nothing()
    {
        for (var share = 0.0; share <= 0.5; share += 0.5)
        {
            admission.Share = share;
            Assert.Equal(
                0,
                Allocations.Least(() =>
                {
                    for (var i = 0; i < 100; i++)
                    {
                        if (admission.Enter() is null)
                            admission.Leave();
                    }
                })
            );
        }
    }

    [Fact]
    public void A_body_of_the_usual_size_takes_nothing_and_a_large_one_only_while_there_is_room()
    {
        var (small, large, late) = (new BodyShare(bodies), new BodyShare(bodies), new BodyShare(bodies));
        Assert.Null(small.GrowTo(60 * 1024));
        Assert.Equal(0, bodies.Taken);

        Assert.Null(large.GrowTo(Megabyte));
        Assert.Null(large.GrowTo(3 * Megabyte));
        var refused = late.GrowTo(2 * Megabyte);

        Assert.Equal(Problems.Overloaded, refused!.Problem);
        Assert.Equal(2, refused.RetryAfterSeconds);
        Assert.InRange(bodies.Taken, 3 * Megabyte, 4 * Megabyte);
        Assert.Null(admission.Enter()); // small ones are not concerned
        large.GiveBack();
        Assert.Null(late.GrowTo(2 * Megabyte));
        late.GiveBack();
        Assert.Equal(0, bodies.Taken);
    }

    [Fact]
    public void An_answer_is_kept_however_large_and_closes_the_door_until_it_has_left()
    {
        var share = new BodyShare(bodies);

        share.HasGrownTo(6 * Megabyte);

        Assert.Equal(Problems.Overloaded, admission.Enter()!.Problem);
        share.GiveBack();
        Assert.Null(admission.Enter());
    }

    [Fact]
    public async Task Work_that_waits_for_the_pool_is_heard_of_and_forgotten_when_it_is_done()
    {
        using var delay = new QueueDelay(options, admission, TimeProvider.System, NullLogger<QueueDelay>.Instance);
        await delay.StartAsync(TestContext.Current.CancellationToken);
        using var enough = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        // Each worker has always more of it: what is put behind waits for all of that.
        var busy = Enumerable.Range(0, 200).Select(_ => Task.Run(() => BusyAsync(enough.Token))).ToList();
        await Eventually.WhenAsync(() => Task.FromResult(admission.Share), share => share > 0.2);
        await enough.CancelAsync();
        await Task.WhenAll(busy);

        Assert.Equal(0, await Eventually.WhenAsync(() => Task.FromResult(admission.Share), share => share == 0));
        await delay.StopAsync(TestContext.Current.CancellationToken);
    }

    private async Task BusyAsync(CancellationToken until)
    {
        while (!until.IsCancellationRequested)
        {
            var since = TimeProvider.System.GetTimestamp();
            while (TimeProvider.System.GetElapsedTime(since) < TimeSpan.FromMilliseconds(1)) { }
            if (admission.Enter() is null)
                admission.Leave();
            await Task.Yield(); // behind all that is there
        }
    }
}
