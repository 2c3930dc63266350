using System.Text.Json;
using Tokenline.Units;

namespace Tokenline.Simulators.Carrier;

/// <summary>Reads CAMARA's request bodies into entries that are not booked yet. What is missing or impossible throws a <see cref="FormatException"/> with its name.</summary>
internal static class CarrierRequest
{
    private const int TextMax = 256; // characters

    public static CarrierEntry Payment(JsonElement body, Currency currency, DateTimeOffset now)
    {
        var transaction = Object(body, "amountTransaction");
        var charging = Object(Object(transaction, "paymentAmount"), "chargingInformation");
        return new()
        {
            Id = $"pay-{Guid.NewGuid():n}",
            PhoneNumber = PhoneNumber(Text(transaction, "phoneNumber")),
            ClientCorrelator = OptionalText(transaction, "clientCorrelator"),
            ReferenceCode = Text(transaction, "referenceCode"),
            AmountNano = Amount(charging, currency).Nano,
            Currency = currency.Code,
            Description = Text(charging, "description"),
            BookedAt = now,
        };
    }

    public static CarrierEntry Refund(JsonElement body, CarrierEntry payment, DateTimeOffset now)
    {
        var total = Text(body, "type") switch
        {
            "total" => true,
            "partial" => false,
            _ => throw new FormatException("'type' is 'total' or 'partial'"),
        };
        var transaction = Object(body, "amountTransaction");
        return payment with
        {
            Id = $"refund-{Guid.NewGuid():n}",
            PaymentId = payment.Id,
            ClientCorrelator = OptionalText(transaction, "clientCorrelator"),
            ReferenceCode = Text(transaction, "referenceCode"),
            AmountNano = total
                ? 0
                : Amount(Object(Object(transaction, "refundAmount"), "chargingInformation"), payment.Amount.Currency).Nano,
            Description = OptionalText(body, "reason") ?? "",
            Total = total,
            BookedAt = now,
        };
    }

    private static JsonElement Object(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Object
            ? value
            : throw new FormatException($"'{name}' is missing: an object is expected");

    private static string Text(JsonElement parent, string name) =>
        OptionalText(parent, name) ?? throw new FormatException($"'{name}' is missing");

    private static string? OptionalText(JsonElement parent, string name)
    {
        if (!parent.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null)
            return null;
        return value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 and <= TextMax } text
            ? text
            : throw new FormatException($"'{name}' is a text of 1 to {TextMax} characters");
    }

    /// <summary>E.164, as the API wants it: + and 5 to 15 digits.</summary>
    private static string PhoneNumber(string text) =>
        text is ['+', >= '1' and <= '9', ..] && text.Length is >= 6 and <= 16 && !text.AsSpan(1).ContainsAnyExceptInRange('0', '9')
            ? text
            : throw new FormatException("'phoneNumber' is + and 5 to 15 digits");

    private static Money Amount(JsonElement charging, Currency currency)
    {
        if (Text(charging, "currency") != currency.Code)
            throw new FormatException($"'currency' is {currency.Code} here");
        if (
            !charging.TryGetProperty("amount", out var value)
            || value.ValueKind != JsonValueKind.Number
            || !value.TryGetDecimal(out var amount)
            || amount is < 0.001m or > 1_000_000m
            || amount * 1000 != decimal.Truncate(amount * 1000)
        )
            throw new FormatException("'amount' is a number from 0.001 to 1,000,000 with at most three decimals");
        return Money.FromDecimal(amount, currency);
    }
}
