namespace Tokenline.Commerce.Payments;

/// <summary>One-time passwords by the carrier, in the shape of CAMARA One Time Password SMS 1.</summary>
public sealed class CarrierOneTimePasswordClient(HttpClient http, CommerceOptions options) : IOneTimePasswords
{
    private const string Root = "one-time-password-sms/v1";
    private const string Codes = "ONE_TIME_PASSWORD_SMS.";
    private const int CodeLengthMax = 10;
    private const int IdLengthMax = 36;

    private readonly CarrierWire wire = new(http, options);

    public async Task<Outcome<OneTimePassword>> SendAsync(string phoneNumber, string message, CancellationToken cancellation)
    {
        if (
            message.Length > IOneTimePasswords.MessageLengthMax
            || !message.Contains(IOneTimePasswords.Placeholder, StringComparison.Ordinal)
        )
            throw new ArgumentException(
                $"A message has {IOneTimePasswords.Placeholder} in it and at most {IOneTimePasswords.MessageLengthMax} characters.",
                nameof(message)
            );
        var reply = await wire.SendAsync(HttpMethod.Post, $"{Root}/send-code", new { phoneNumber, message }, null, cancellation);
        if (reply.IsSuccess)
            return reply.Body.Text("authenticationId") is { Length: > 0 } id
                ? new OneTimePassword(id)
                : throw new HttpRequestException("the carrier's answer has no authenticationId");
        return reply.Code switch
        {
            Codes + "MAX_OTP_CODES_EXCEEDED" => new Refused(
                Problems.RateLimitExceeded,
                "This number was sent too many codes: try again later.",
                "phoneNumber"
            ),
            Codes + "PHONE_NUMBER_NOT_ALLOWED" or Codes + "PHONE_NUMBER_BLOCKED" => Refused.Invalid(
                "phoneNumber",
                "This number cannot get text messages."
            ),
            "NOT_FOUND" or "INVALID_ARGUMENT" => Refused.Invalid("phoneNumber", "The carrier does not know this number."),
            _ => throw reply.Unclear(),
        };
    }

    public async Task<PasswordCheck> CheckAsync(string id, string code, CancellationToken cancellation)
    {
        // What cannot be right is not asked: it would cost the subscriber a try.
        if (code.Length is 0 or > CodeLengthMax)
            return PasswordCheck.Wrong;
        if (id.Length is 0 or > IdLengthMax)
            return PasswordCheck.Unknown;
        var reply = await wire.SendAsync(HttpMethod.Post, $"{Root}/validate-code", new { authenticationId = id, code }, null, cancellation);
        if (reply.IsSuccess)
            return PasswordCheck.Right;
        return reply.Code switch
        {
            Codes + "INVALID_OTP" => PasswordCheck.Wrong,
            Codes + "VERIFICATION_FAILED" => PasswordCheck.TooManyTries,
            Codes + "VERIFICATION_EXPIRED" => PasswordCheck.Expired,
            "NOT_FOUND" => PasswordCheck.Unknown,
            _ => throw reply.Unclear(),
        };
    }
}
