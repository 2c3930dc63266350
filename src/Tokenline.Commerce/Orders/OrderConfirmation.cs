using System.Text.Json.Serialization;

namespace Tokenline.Commerce.Orders;

/// <summary>How it is known that the customer wants to pay.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<OrderConfirmation>))]
public enum OrderConfirmation
{
    /// <summary>Whoever places the order answers for it: it is paid at once.</summary>
    [JsonStringEnumMemberName("none")]
    None = 0,

    /// <summary>A code goes to the customer's phone; with it the order is paid.</summary>
    [JsonStringEnumMemberName("oneTimePassword")]
    OneTimePassword = 1,

    /// <summary>The amount is set aside on the phone bill, until the order is confirmed or cancelled.</summary>
    [JsonStringEnumMemberName("reservation")]
    Reservation = 2,

    /// <summary>The line has consented before, within limits of its own: it is paid at once.</summary>
    [JsonStringEnumMemberName("oneClick")]
    OneClick = 3,
}
