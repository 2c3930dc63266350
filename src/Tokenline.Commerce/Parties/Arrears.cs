using System.Text.Json.Serialization;

namespace Tokenline.Commerce.Parties;

/// <summary>What an unpaid bill has come to for its customer. Each step holds until the bill is paid, and is then taken back.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Arrears>))]
public enum Arrears
{
    [JsonStringEnumMemberName("none")]
    None = 0,

    /// <summary>No call is on credit: what was paid before can be used up. The customer's own leave for pay-as-you-go is kept, and holds again when it is paid.</summary>
    [JsonStringEnumMemberName("restricted")]
    Restricted = 1,

    /// <summary>The account is suspended for it.</summary>
    [JsonStringEnumMemberName("suspended")]
    Suspended = 2,

    /// <summary>And its plans are not renewed any more.</summary>
    [JsonStringEnumMemberName("terminated")]
    Terminated = 3,
}
