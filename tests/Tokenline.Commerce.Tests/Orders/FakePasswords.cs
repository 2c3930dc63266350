using Tokenline.Commerce.Payments;

namespace Tokenline.Commerce.Tests.Orders;

/// <summary>Codes by script: <c>1234</c> is right, once, until three tries were wrong.</summary>
internal sealed class FakePasswords : IOneTimePasswords
{
    private readonly Dictionary<string, int> tries = [];

    public List<(string PhoneNumber, string Message)> Sent { get; } = [];
    public bool IsDown { get; set; }
    public Refused? Refusal { get; set; }

    public Task<Outcome<OneTimePassword>> SendAsync(string phoneNumber, string message, CancellationToken cancellation)
    {
        Assert.True(message.Length <= IOneTimePasswords.MessageLengthMax && message.Contains(IOneTimePasswords.Placeholder));
        if (IsDown)
            throw new HttpRequestException("no answer");
        if (Refusal is { } refused)
            return Task.FromResult<Outcome<OneTimePassword>>(refused);
        Sent.Add((phoneNumber, message));
        tries.Clear(); // an earlier one is good no more
        tries.Add($"otp-{Sent.Count}", 3);
        return Task.FromResult<Outcome<OneTimePassword>>(new OneTimePassword($"otp-{Sent.Count}"));
    }

    public Task<PasswordCheck> CheckAsync(string id, string code, CancellationToken cancellation)
    {
        if (IsDown)
            throw new HttpRequestException("no answer");
        if (!tries.TryGetValue(id, out var left))
            return Task.FromResult(PasswordCheck.Expired);
        if (left == 0)
            return Task.FromResult(PasswordCheck.TooManyTries);
        if (code == "1234")
            tries.Remove(id);
        else
            tries[id] = left - 1;
        return Task.FromResult(code == "1234" ? PasswordCheck.Right : PasswordCheck.Wrong);
    }
}
