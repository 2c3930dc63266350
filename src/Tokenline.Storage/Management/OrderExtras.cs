using System.Text.Json;
using Tokenline.Commerce;
using Tokenline.Commerce.Orders;
using Tokenline.Commerce.Vouchers;

namespace Tokenline.Storage.Management;

/// <summary>What was agreed on with an order beside its offering, as it is stored.</summary>
internal sealed record OrderExtras(
    long? DiscountNano = null,
    BonusGrant? Bonus = null,
    IReadOnlyDictionary<string, string>? References = null,
    int? Seats = null,
    CoTermination? EndsWith = null
)
{
    private static readonly OrderExtras none = new();

    /// <summary>Null where nothing was.</summary>
    public static string? Write(ProductOrder order)
    {
        var extras = new OrderExtras(
            order.Discount?.Nano,
            order.Bonus,
            order.References.Count == 0 ? null : order.References,
            order.Seats,
            order.EndsWith
        );
        return extras == none ? null : JsonSerializer.Serialize(extras, CommerceJson.Options);
    }

    public static ProductOrder On(ProductOrder order, string? json)
    {
        if (json is null)
            return order;
        var extras = JsonSerializer.Deserialize<OrderExtras>(json, CommerceJson.Options) ?? none;
        return order with
        {
            Discount = extras.DiscountNano is { } nano ? order.Price with { Nano = nano } : null,
            Bonus = extras.Bonus,
            References = extras.References ?? order.References,
            Seats = extras.Seats,
            EndsWith = extras.EndsWith,
        };
    }
}
