using System.Text.Json;
using Tokenline.Units;

namespace Tokenline.Simulators.Carrier;

/// <summary>A request that is refused for what it says, with a code of its own.</summary>
internal sealed class CarrierRequestException(CarrierOutcome refusal) : Exception(refusal.Message)
{
    public CarrierOutcome Refusal { get; } = refusal;
}

/// <summary>Reads CAMARA's request bodies into entries that are not booked yet. What is missing or impossible throws a <see cref="FormatException"/> with its name.</summary>
internal static class CarrierRequest
{
    private const int TextMax = 256; // characters
    private const int AmountBytesMax = 8 * 1024;
    private const int ItemsMax = 100;

    public static CarrierEntry Payment(JsonElement body, Currency currency, DateTimeOffset now, bool twoSteps = false)
    {
        var transaction = Object(body, "amountTransaction");
        var asked = Object(transaction, "paymentAmount");
        var charging = Object(asked, "chargingInformation");
        return new()
        {
            Id = $"pay-{Guid.NewGuid():n}",
            PhoneNumber =
                PhoneNumber(transaction)
                ?? throw new CarrierRequestException(
                    CarrierOutcome.Refused(422, "MISSING_IDENTIFIER", "The phone number cannot be identified.")
                ),
            ClientCorrelator = OptionalText(transaction, "clientCorrelator"),
            ReferenceCode = Text(transaction, "referenceCode"),
            AmountNano = Amount(charging, currency).Nano,
            Currency = currency.Code,
            Description = Text(charging, "description"),
            BookedAt = now,
            TwoSteps = twoSteps,
            AmountJson = Raw(asked),
            IsTaxIncluded = IsTaxIncluded(charging),
            MerchantIdentifier = asked.TryGetProperty("chargingMetaData", out _)
                ? OptionalText(Object(asked, "chargingMetaData"), "merchantIdentifier")
                : null,
            ItemsNano = Items(asked, "paymentDetails", "id", currency) is { Count: > 0 } items
                ? items.ToDictionary(item => item.Item, item => item.Nano)
                : null,
            Sink = Sink(body)?.Url.AbsoluteUri,
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
        var asked = Object(transaction, "refundAmount");
        return new()
        {
            Id = $"refund-{Guid.NewGuid():n}",
            PaymentId = payment.Id,
            PhoneNumber = payment.PhoneNumber,
            ClientCorrelator = OptionalText(transaction, "clientCorrelator"),
            ReferenceCode = Text(transaction, "referenceCode"),
            AmountNano = total ? 0 : Amount(Object(asked, "chargingInformation"), payment.Amount.Currency).Nano,
            Currency = payment.Currency,
            Description = OptionalText(body, "reason") ?? "",
            Total = total,
            BookedAt = now,
            AmountJson = Raw(asked),
            Sink = Sink(body)?.Url.AbsoluteUri,
        };
    }

    public static CarrierRefundDetails RefundDetails(JsonElement body, CarrierEntry payment)
    {
        var asked = Object(Object(body, "amountTransaction"), "refundAmount");
        var isTaxIncluded =
            asked.TryGetProperty("chargingInformation", out var charging)
            && charging.ValueKind == JsonValueKind.Object
            && IsTaxIncluded(charging);
        return new(isTaxIncluded, Items(asked, "refundDetails", "paymentItemId", payment.Amount.Currency));
    }

    /// <summary>Where to tell what comes of it; null where nobody wants to know.</summary>
    public static CarrierSink? Sink(JsonElement body)
    {
        if (OptionalText(body, "sink") is not { } sink)
            return null;
        // Plain HTTP only on this machine, where the demo and the tests are.
        if (
            !Uri.TryCreate(sink, UriKind.Absolute, out var url)
            || !(url.Scheme == Uri.UriSchemeHttps || (url.Scheme == Uri.UriSchemeHttp && url.IsLoopback))
        )
            throw Refused("INVALID_SINK", "'sink' is an https address");
        if (!body.TryGetProperty("sinkCredential", out var given) || given.ValueKind == JsonValueKind.Null)
            return new CarrierSink(url, null, null);
        var credential = Object(body, "sinkCredential");
        if (Text(credential, "credentialType") != "ACCESSTOKEN")
            throw Refused("INVALID_CREDENTIAL", "Only an access token is supported");
        if (Text(credential, "accessTokenType") != "bearer")
            throw Refused("INVALID_TOKEN", "Only a bearer token is supported");
        return new CarrierSink(url, Text(credential, "accessToken"), Instant(Text(credential, "accessTokenExpiresUtc")));
    }

    /// <summary>E.164, as the API wants it: + and 5 to 15 digits. Null where it is left out.</summary>
    public static string? PhoneNumber(JsonElement parent) =>
        OptionalText(parent, "phoneNumber") switch
        {
            null => null,
            ['+', >= '1' and <= '9', ..] text when text.Length is >= 6 and <= 16 && !text.AsSpan(1).ContainsAnyExceptInRange('0', '9') =>
                text,
            _ => throw new FormatException("'phoneNumber' is + and 5 to 15 digits"),
        };

    public static string Text(JsonElement parent, string name) =>
        OptionalText(parent, name) ?? throw new FormatException($"'{name}' is missing");

    public static string? OptionalText(JsonElement parent, string name)
    {
        if (parent.ValueKind != JsonValueKind.Object)
            throw new FormatException("an object is expected");
        if (!parent.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null)
            return null;
        return value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 and <= TextMax } text
            ? text
            : throw new FormatException($"'{name}' is a text of 1 to {TextMax} characters");
    }

    /// <summary>RFC 3339, with a zone.</summary>
    public static DateTimeOffset Instant(string text) =>
        text.Length >= 20
        && (text[^1] is 'Z' or 'z' || text[^6] is '+' or '-')
        && DateTimeOffset.TryParse(text, null, System.Globalization.DateTimeStyles.AssumeUniversal, out var instant)
            ? instant
            : throw new FormatException($"'{text}' is no date-time with a zone (RFC 3339)");

    private static JsonElement Object(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Object
            ? value
            : throw new FormatException($"'{name}' is missing: an object is expected");

    private static string Raw(JsonElement asked) =>
        asked.GetRawText() is { Length: <= AmountBytesMax } text
            ? text
            : throw new FormatException($"an amount is described in {AmountBytesMax} bytes at the most");

    private static bool IsTaxIncluded(JsonElement charging)
    {
        if (charging.TryGetProperty("taxAmount", out var tax) && tax.ValueKind != JsonValueKind.Null)
            _ = Number(tax, "taxAmount", 0m);
        if (!charging.TryGetProperty("isTaxIncluded", out var value) || value.ValueKind == JsonValueKind.Null)
            return false;
        return value.ValueKind is JsonValueKind.True or JsonValueKind.False
            ? value.GetBoolean()
            : throw new FormatException("'isTaxIncluded' is true or false");
    }

    private static List<(string Item, long Nano)> Items(JsonElement asked, string name, string idName, Currency currency)
    {
        if (!asked.TryGetProperty(name, out var list) || list.ValueKind == JsonValueKind.Null)
            return [];
        if (list.ValueKind != JsonValueKind.Array || list.GetArrayLength() is 0 or > ItemsMax)
            throw new FormatException($"'{name}' is a list of 1 to {ItemsMax} items");
        var items = list.EnumerateArray().Select(item => (Item: Text(item, idName), Amount(item, currency).Nano)).ToList();
        return items.Select(item => item.Item).Distinct().Count() == items.Count
            ? items
            : throw new FormatException($"'{name}' has an item twice");
    }

    private static Money Amount(JsonElement charging, Currency currency)
    {
        if (Text(charging, "currency") != currency.Code)
            throw new FormatException($"'currency' is {currency.Code} here");
        if (!charging.TryGetProperty("amount", out var value))
            throw new FormatException("'amount' is missing");
        return Money.FromDecimal(Number(value, "amount", 0.001m), currency);
    }

    private static decimal Number(JsonElement value, string name, decimal min) =>
        value.ValueKind == JsonValueKind.Number
        && value.TryGetDecimal(out var number)
        && number >= min
        && number <= 1_000_000m
        && number * 1000 == decimal.Truncate(number * 1000)
            ? number
            : throw new FormatException($"'{name}' is a number from {min} to 1,000,000 with at most three decimals");

    private static CarrierRequestException Refused(string code, string message) => new(CarrierOutcome.Refused(400, code, message));
}
