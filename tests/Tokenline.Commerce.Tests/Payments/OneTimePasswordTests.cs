using Tokenline.Commerce.Payments;

namespace Tokenline.Commerce.Tests.Payments;

public sealed class OneTimePasswordTests
{
    private const string Number = "+8613800001111";
    private const string Message = "{{code}} is your code.";

    [Fact]
    public async Task A_code_is_right_once()
    {
        await using var desk = await CarrierBench.OpenAsync();
        var (id, code) = await SendAsync(desk);
        Assert.Equal(PasswordCheck.Wrong, await Check(id, Other(code)));
        Assert.Equal(PasswordCheck.Right, await Check(id, code));
        Assert.Equal(PasswordCheck.Expired, await Check(id, code));
        Assert.Equal(PasswordCheck.Unknown, await Check(Guid.NewGuid().ToString(), code));

        Task<PasswordCheck> Check(string known, string text) => desk.Passwords.CheckAsync(known, text, CancellationToken.None);
    }

    [Fact]
    public async Task Tries_and_time_run_out_and_a_code_that_cannot_be_costs_no_try()
    {
        await using var desk = await CarrierBench.OpenAsync();
        var (id, code) = await SendAsync(desk);
        foreach (var impossible in new[] { "", "12345678901", "", "12345678901" })
            Assert.Equal(PasswordCheck.Wrong, await Check(id, impossible));
        Assert.Equal(PasswordCheck.Wrong, await Check(id, Other(code)));
        Assert.Equal(PasswordCheck.Wrong, await Check(id, Other(code)));
        Assert.Equal(PasswordCheck.TooManyTries, await Check(id, Other(code)));
        Assert.Equal(PasswordCheck.TooManyTries, await Check(id, code));

        (id, code) = await SendAsync(desk);
        desk.Time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(PasswordCheck.Expired, await Check(id, code));

        Task<PasswordCheck> Check(string known, string text) => desk.Passwords.CheckAsync(known, text, CancellationToken.None);
    }

    [Theory]
    [InlineData("+8613800000002", "invalid_request_error")]
    [InlineData("+8613800009918", "invalid_request_error")]
    [InlineData("+8613800009919", "invalid_request_error")]
    [InlineData("13800001111", "invalid_request_error")]
    public async Task A_number_that_gets_no_codes_is_refused_by_its_field(string number, string problem)
    {
        await using var desk = await CarrierBench.OpenAsync();
        var refused = (await desk.Passwords.SendAsync(number, Message, CancellationToken.None)).Refused!;
        Assert.Equal((problem, "phoneNumber"), (refused.Problem.Code, refused.Param));
    }

    [Fact]
    public async Task A_number_that_was_sent_too_many_waits()
    {
        await using var desk = await CarrierBench.OpenAsync();
        for (var i = 0; i < 5; i++)
            await SendAsync(desk);
        var refused = (await desk.Passwords.SendAsync(Number, Message, CancellationToken.None)).Refused!;
        Assert.Equal(Problems.RateLimitExceeded, refused.Problem);
        desk.Time.Advance(TimeSpan.FromMinutes(10));
        await SendAsync(desk);
    }

    [Fact]
    public async Task A_message_without_a_place_for_the_code_is_a_mistake_of_ours()
    {
        await using var desk = await CarrierBench.OpenAsync();
        await Assert.ThrowsAsync<ArgumentException>(() => desk.Passwords.SendAsync(Number, "hello", CancellationToken.None));
        await Assert.ThrowsAsync<ArgumentException>(() =>
            desk.Passwords.SendAsync(Number, Message + new string('x', 160), CancellationToken.None)
        );
        Assert.Empty(desk.Carrier.Messages.All);
    }

    private static async Task<(string Id, string Code)> SendAsync(CarrierBench desk)
    {
        var sent = (await desk.Passwords.SendAsync(Number, Message, CancellationToken.None)).Required();
        return (sent.Id, desk.Carrier.Messages.All[^1].Text[..6]);
    }

    private static string Other(string code) => code == "000000" ? "000001" : "000000";
}
