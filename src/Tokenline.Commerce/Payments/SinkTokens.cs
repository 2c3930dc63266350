using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Tokenline.Commerce.Payments;

/// <summary>
/// What the carrier shows when it calls back: an expiry and a MAC of it and the correlator, under a key made from the operator's token at the carrier. So nothing is stored, every node knows
/// every token, and a token speaks for one payment alone.
/// </summary>
internal sealed class SinkTokens(CommerceOptions options)
{
    /// <summary>Longer than any payment is open; what comes after that is asked for.</summary>
    private static readonly TimeSpan validFor = TimeSpan.FromDays(2);

    private readonly byte[] key = SHA256.HashData(Encoding.UTF8.GetBytes($"tokenline carrier sink\n{options.CarrierToken}"));

    public (string Token, DateTimeOffset ExpiresAt) New(string correlator, DateTimeOffset now)
    {
        var expiresAt = DateTimeOffset.FromUnixTimeSeconds((now + validFor).ToUnixTimeSeconds());
        return (Text(correlator, expiresAt.ToUnixTimeSeconds()), expiresAt);
    }

    public bool IsOf(string correlator, string? token, DateTimeOffset now)
    {
        var dot = token?.IndexOf('.', StringComparison.Ordinal) ?? -1;
        return dot is > 0 and <= 12
            && long.TryParse(token.AsSpan(0, dot), NumberStyles.None, CultureInfo.InvariantCulture, out var expiry)
            && expiry > now.ToUnixTimeSeconds()
            && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(token!), Encoding.UTF8.GetBytes(Text(correlator, expiry)));
    }

    private string Text(string correlator, long expiry)
    {
        var mac = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{expiry}\n{correlator}")));
        return string.Create(CultureInfo.InvariantCulture, $"{expiry}.{Base64Url.EncodeToString(mac)}");
    }
}
