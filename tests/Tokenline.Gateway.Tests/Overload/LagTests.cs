using Microsoft.Extensions.Time.Testing;
using Tokenline.Gateway.Overload;

namespace Tokenline.Gateway.Tests.Overload;

public sealed class LagTests
{
    private readonly FakeTimeProvider time = new();
    private readonly Lag lag;

    public LagTests() => lag = new Lag(time);

    [Fact]
    public void What_the_last_one_took_holds_until_the_next_is_back()
    {
        Assert.Equal(0, Milliseconds());
        Send();
        Wait(1200);
        lag.Hear();
        Assert.Equal(1200, Milliseconds());
        Send();
        Wait(40);
        // On its way for less than the one before took: that says nothing yet.
        Assert.Equal(1200, Milliseconds());
        lag.Hear();
        Assert.Equal(40, Milliseconds());
        Wait(500);
        Assert.Equal(40, Milliseconds());
    }

    [Fact]
    public void What_does_not_come_back_counts_by_its_age()
    {
        Send();
        Wait(300);
        Assert.Equal(300, Milliseconds());
        Wait(60_000);
        Assert.Equal(60_300, Milliseconds());
    }

    [Fact]
    public void One_is_on_its_way_at_a_time()
    {
        Send();
        Assert.False(lag.TrySend());
        lag.Hear();
        Send();
    }

    [Fact]
    public void What_was_on_its_way_when_the_way_was_cut_does_not_wait_for_ever()
    {
        Send();
        Wait(300);
        lag.Cut();
        Wait(60_000);
        Assert.Equal(0, Milliseconds());
        Assert.False(lag.TrySend());
    }

    private void Send() => Assert.True(lag.TrySend());

    private void Wait(int milliseconds) => time.Advance(TimeSpan.FromMilliseconds(milliseconds));

    private double Milliseconds() => lag.Read().TotalMilliseconds;
}
