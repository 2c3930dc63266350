using Tokenline.Commerce.Payments;

namespace Tokenline.Commerce.Tests.Parties;

/// <summary>Codes by script: the newest of a number is right, once.</summary>
internal sealed class FakeOneTimePasswords : IOneTimePasswords
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, string> codes = [];

    /// <summary>Every message, with its number.</summary>
    public List<(string PhoneNumber, string Message)> Sent { get; } = [];

    public bool IsDown { get; set; }

    /// <summary>The number gets no text messages.</summary>
    public string? Barred { get; set; }

    /// <summary>Says right as often as it is asked: as a carrier that two ask at once.</summary>
    public bool IsForgetful { get; set; }

    /// <summary>The code of the newest message to a number.</summary>
    public static string CodeOf(string phoneNumber) => phoneNumber[^6..];

    public Task<Outcome<OneTimePassword>> SendAsync(string phoneNumber, string message, CancellationToken cancellation)
    {
        if (IsDown)
            throw new HttpRequestException("no answer");
        if (phoneNumber == Barred)
            return Task.FromResult<Outcome<OneTimePassword>>(Refused.Invalid("phoneNumber", "This number cannot get text messages."));
        lock (gate)
        {
            Sent.Add((phoneNumber, message));
            var id = $"otp-{Sent.Count}";
            foreach (var old in codes.Where(known => known.Value == CodeOf(phoneNumber)).Select(known => known.Key).ToList())
                codes.Remove(old);
            codes[id] = CodeOf(phoneNumber);
            return Task.FromResult<Outcome<OneTimePassword>>(new OneTimePassword(id));
        }
    }

    public Task<PasswordCheck> CheckAsync(string id, string code, CancellationToken cancellation)
    {
        if (IsDown)
            throw new HttpRequestException("no answer");
        lock (gate)
        {
            if (!codes.TryGetValue(id, out var right))
                return Task.FromResult(PasswordCheck.Expired);
            if (code != right)
                return Task.FromResult(PasswordCheck.Wrong);
            if (!IsForgetful)
                codes.Remove(id);
            return Task.FromResult(PasswordCheck.Right);
        }
    }
}
