using System.Net;
using Microsoft.Extensions.Time.Testing;
using Tokenline.Management.Api;

namespace Tokenline.Commerce.Tests.Api;

public sealed class GuessLimitTests
{
    private static readonly IPAddress guesser = IPAddress.Parse("203.0.113.7");

    [Fact]
    public void Who_has_guessed_often_is_shut_out_to_the_end_of_the_minute_and_nobody_else()
    {
        var time = new FakeTimeProvider();
        var limit = new GuessLimit(time);
        for (var wrong = 0; wrong < GuessLimit.WrongMax; wrong++)
        {
            Assert.Null(limit.ShutFor(guesser));
            limit.Wrong(guesser);
        }

        Assert.Equal(TimeSpan.FromMinutes(1), limit.ShutFor(guesser));
        Assert.Null(limit.ShutFor(IPAddress.Loopback));
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.Null(limit.ShutFor(guesser));
        limit.Wrong(guesser);
        Assert.Null(limit.ShutFor(guesser));
    }

    [Fact]
    public void However_many_addresses_guess_what_is_remembered_has_a_bound()
    {
        var limit = new GuessLimit(new FakeTimeProvider());
        for (uint address = 0; address < 50_000; address++)
            limit.Wrong(new IPAddress(address));

        Assert.InRange(limit.Remembered, 1, 10_000);
    }
}
