using System.Security.Cryptography;
using System.Text;

namespace Tokenline.Commerce.Access;

/// <summary>A code that was sent to a number.</summary>
/// <param name="Id">In the address of the page that takes the code. Without the code it opens nothing.</param>
/// <param name="PasswordId">What the code is checked under at the carrier.</param>
public sealed record Challenge(string Id, string PhoneNumber, string PasswordId, DateTimeOffset AskedAt);

/// <summary>A person who is signed in, in one browser.</summary>
/// <param name="PhoneNumber">Who: the person that has it.</param>
/// <param name="Customer">Whose console is shown; null: nobody's, of staff who are no customers.</param>
/// <param name="SecretHash">As <see cref="HashOf"/> makes it.</param>
/// <param name="Device">The browser, as it calls itself, cut short.</param>
/// <param name="Address">Where it signed in from.</param>
public sealed record Session(
    SessionId Id,
    string PhoneNumber,
    PartyId? Customer,
    string SecretHash,
    DateTimeOffset CreatedAt,
    DateTimeOffset SeenAt,
    DateTimeOffset ExpiresAt,
    string Device,
    string Address
)
{
    public const int DeviceLengthMax = 256;
    public const int AddressLengthMax = 64;

    /// <summary>Signed out, or ended from another browser.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>The key that the playground calls with, while one is open.</summary>
    public KeyId? PlaygroundKey { get; init; }

    /// <summary>
    /// The one customer whose console may be shown: its identity provider said who it is, and speaks for nobody else. Null: the person came by number or passkey,
    /// and any that the person belongs to.
    /// </summary>
    public PartyId? Only { get; init; }

    /// <param name="isStaff">Sessions of those who may change what is others' end sooner.</param>
    public bool IsOpen(DateTimeOffset now, bool isStaff) =>
        EndedAt is null
        && now < ExpiresAt
        && now < SeenAt + (isStaff ? Sessions.StaffUnusedMax : Sessions.UnusedMax)
        && (!isStaff || now < CreatedAt + Sessions.StaffOldestMax);

    /// <summary>43 characters of base64url; 256 random bits.</summary>
    public static string NewSecret() =>
        Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    public static string HashOf(string secret) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));

    /// <summary>Without the hash.</summary>
    public override string ToString() => Customer is { } customer ? $"{Id} for {customer}" : $"{Id} of staff";
}

/// <summary>A session and, this once, its secret.</summary>
public sealed record NewSession(Session Session, string Secret)
{
    public override string ToString() => Session.ToString();
}
