using System.Net;
using static Tokenline.Simulators.Tests.Carrier.CarrierDesk;

namespace Tokenline.Simulators.Tests.Carrier;

public sealed class CarrierOneTimePasswordTests
{
    private const string Send = "one-time-password-sms/v1/send-code";
    private const string Validate = "one-time-password-sms/v1/validate-code";

    [Fact]
    public async Task A_code_is_sent_in_the_callers_words_and_is_good_once()
    {
        await using var desk = await OpenAsync();
        var (status, sent) = await desk.PostAsync(Send, new { phoneNumber = Number, message = "{{code}} opens your account" });
        Assert.Equal(HttpStatusCode.OK, status);
        var message = Assert.Single(desk.Carrier.Messages.All);
        Assert.EndsWith(" opens your account", message.Text, StringComparison.Ordinal);
        var check = new { authenticationId = sent!["authenticationId"]!.ToString(), code = message.Text[..6] };

        Assert.Equal((HttpStatusCode.NoContent, null), await desk.PostAsync(Validate, check));
        Assert.Equal((HttpStatusCode.BadRequest, "ONE_TIME_PASSWORD_SMS.VERIFICATION_EXPIRED"), await desk.RefusedAsync(Validate, check));
    }

    [Fact]
    public async Task The_third_wrong_code_is_the_last()
    {
        await using var desk = await OpenAsync();
        var (id, code) = await SendAsync(desk);
        var wrong = new { authenticationId = id, code = code == "000000" ? "000001" : "000000" };
        Assert.Equal((HttpStatusCode.BadRequest, "ONE_TIME_PASSWORD_SMS.INVALID_OTP"), await desk.RefusedAsync(Validate, wrong));
        Assert.Equal((HttpStatusCode.BadRequest, "ONE_TIME_PASSWORD_SMS.INVALID_OTP"), await desk.RefusedAsync(Validate, wrong));
        foreach (var check in new[] { wrong, new { authenticationId = id, code } })
            Assert.Equal(
                (HttpStatusCode.BadRequest, "ONE_TIME_PASSWORD_SMS.VERIFICATION_FAILED"),
                await desk.RefusedAsync(Validate, check)
            );
    }

    [Fact]
    public async Task A_code_ends_with_its_time_and_with_the_next_one()
    {
        await using var desk = await OpenAsync();
        var (first, firstCode) = await SendAsync(desk);
        var (second, secondCode) = await SendAsync(desk);
        var expired = (HttpStatusCode.BadRequest, "ONE_TIME_PASSWORD_SMS.VERIFICATION_EXPIRED");
        Assert.Equal(expired, await desk.RefusedAsync(Validate, new { authenticationId = first, code = firstCode }));
        desk.Time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(expired, await desk.RefusedAsync(Validate, new { authenticationId = second, code = secondCode }));
        Assert.Equal(
            (HttpStatusCode.NotFound, "NOT_FOUND"),
            await desk.RefusedAsync(Validate, new { authenticationId = Guid.NewGuid(), code = secondCode })
        );
    }

    [Fact]
    public async Task A_number_gets_so_many_codes_and_more_when_time_has_passed()
    {
        await using var desk = await OpenAsync(new() { CodesMax = 2 });
        await SendAsync(desk);
        await SendAsync(desk);
        var message = new { phoneNumber = Number, message = "{{code}}" };
        Assert.Equal((HttpStatusCode.Forbidden, "ONE_TIME_PASSWORD_SMS.MAX_OTP_CODES_EXCEEDED"), await desk.RefusedAsync(Send, message));
        Assert.Equal(HttpStatusCode.OK, (await desk.PostAsync(Send, new { phoneNumber = "+8613800009999", message = "{{code}}" })).Status);
        desk.Time.Advance(TimeSpan.FromMinutes(10));
        await SendAsync(desk);
    }

    [Theory]
    [InlineData("+8613800000002", 403, "ONE_TIME_PASSWORD_SMS.PHONE_NUMBER_BLOCKED")]
    [InlineData("+8613800009918", 404, "NOT_FOUND")]
    [InlineData("+8613800009919", 403, "ONE_TIME_PASSWORD_SMS.PHONE_NUMBER_NOT_ALLOWED")]
    [InlineData("3301", 400, "INVALID_ARGUMENT")]
    public async Task A_number_that_gets_no_messages_says_why(string phoneNumber, int status, string code)
    {
        await using var desk = await OpenAsync();
        Assert.Equal(((HttpStatusCode)status, code), await desk.RefusedAsync(Send, new { phoneNumber, message = "{{code}}" }));
        Assert.Empty(desk.Carrier.Messages.All);
    }

    [Fact]
    public async Task A_message_has_a_place_for_the_code_and_a_body_only_what_is_known()
    {
        await using var desk = await OpenAsync();
        var invalid = (HttpStatusCode.BadRequest, "INVALID_ARGUMENT");
        Assert.Equal(invalid, await desk.RefusedAsync(Send, new { phoneNumber = Number, message = "no code" }));
        Assert.Equal(invalid, await desk.RefusedAsync(Send, new { phoneNumber = Number, message = "{{code}}" + new string('x', 153) }));
        Assert.Equal(
            invalid,
            await desk.RefusedAsync(
                Send,
                new
                {
                    phoneNumber = Number,
                    message = "{{code}}",
                    more = 1,
                }
            )
        );
        Assert.Equal(invalid, await desk.RefusedAsync(Send, new { message = "{{code}}" }));
        Assert.Equal(invalid, await desk.RefusedAsync(Validate, new { authenticationId = "a" }));
        Assert.Equal(invalid, await desk.RefusedAsync(Validate, new { authenticationId = "a", code = "12345678901" }));
    }

    private static async Task<(string Id, string Code)> SendAsync(CarrierDesk desk)
    {
        var (status, sent) = await desk.PostAsync(Send, new { phoneNumber = Number, message = "{{code}}" });
        Assert.Equal(HttpStatusCode.OK, status);
        return (sent!["authenticationId"]!.ToString(), desk.Carrier.Messages.All[^1].Text);
    }
}
