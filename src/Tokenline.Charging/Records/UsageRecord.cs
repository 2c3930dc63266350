using System.Text.Json.Serialization;
using Tokenline.Charging.Tariffs;

namespace Tokenline.Charging.Records;

/// <summary>Where the counts of a usage record come from.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<UsageBasis>))]
public enum UsageBasis
{
    /// <summary>The vendor's own figures.</summary>
    Vendor,

    /// <summary>Counted here, because the vendor's figures did not come.</summary>
    Estimated,

    /// <summary>Input plus the last durable checkpoint of a stream that was open at a crash.</summary>
    Recovered,
}

/// <summary>How a settled call ended.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<CallEnding>))]
public enum CallEnding
{
    Completed,
    ClientGone,
    QuotaEnded,
    VendorCut,
    VendorError,
    Recovered,

    /// <summary>The server was asked to end, and the call outlasted the time it had for that. Only what was delivered is charged.</summary>
    ServerEnded,
}

/// <summary>What one bucket paid of a charge, in the bucket's own unit: micro-units of quota or nano of money.</summary>
/// <param name="WorthNano">The part of the retail value that this payment covered.</param>
/// <param name="Meters">What the bucket may pay for; null is all.</param>
public sealed record Payment(
    BucketId Bucket,
    string Name,
    string Unit,
    bool IsMoney,
    long Amount,
    long WorthNano = 0,
    MeterSet? Meters = null
);

/// <summary>What the operator owes the vendor for a call, by the contract that was in force when it started.</summary>
/// <param name="Service">The class that the vendor served, where the customer is charged another.</param>
public sealed record WholesaleCost(int ContractVersion, Currency Currency, long Nano, ServiceClass? Service = null);

/// <summary>One request to a vendor: a line of vendor-side cost, whatever the customer paid.</summary>
/// <param name="Outcome">What became of it: <c>answered</c>, <c>status 500</c>, <c>connect failed</c>, …</param>
public sealed record VendorAttempt(string Vendor, string Deployment, DateTimeOffset At, string Outcome, Usage? Usage);

/// <summary>The immutable record that a settled charge leaves (TMF635 Usage; a CDR).</summary>
public sealed record UsageRecord
{
    public required ChargeId Charge { get; init; }
    public required AccountId Account { get; init; }
    public required KeyId Key { get; init; }

    /// <summary>The Model ID that was asked for, and that sets the price.</summary>
    public required string Model { get; init; }

    /// <summary>The model that the vendor says has answered.</summary>
    public string? AnsweredModel { get; init; }

    public required string Vendor { get; init; }
    public required string Deployment { get; init; }
    public required int TariffVersion { get; init; }
    public required DateTimeOffset StartedAt { get; init; }
    public required DateTimeOffset EndedAt { get; init; }
    public bool Stream { get; init; }
    public required Usage Usage { get; init; }
    public required UsageBasis Basis { get; init; }
    public required CallEnding Ending { get; init; }

    /// <summary>Why a person should look at the vendor's figures; null when they are plausible.</summary>
    public string? Check { get; init; }

    public required Payment[] Payments { get; init; }

    /// <summary>Retail value of the usage in nano of <see cref="Currency"/>, whoever paid it.</summary>
    public required long RetailNano { get; init; }

    /// <summary>The part of the retail value that no bucket could pay.</summary>
    public required long UncollectedNano { get; init; }

    public required Currency Currency { get; init; }

    /// <summary>Retail value that nobody had to pay, because the call costs nothing in a unit that the customer holds.</summary>
    public long FreeNano { get; init; }

    /// <summary>What the price depended on beside usage and start; null: nothing.</summary>
    public CallTraits? Traits { get; init; }

    /// <summary>What the account had used in the model's volume group when this was rated.</summary>
    public long VolumeBefore { get; init; }

    /// <summary>The node of the account's tree that the call was made under; null: the account itself.</summary>
    public AllotmentId? Allotment { get; init; }

    /// <summary>The run that the call belongs to, in the client's words.</summary>
    public string? Run { get; init; }

    /// <summary>Null: no contract with the vendor says what it costs.</summary>
    public WholesaleCost? Wholesale { get; init; }

    public VendorAttempt[]? Attempts { get; init; }

    /// <summary>The vendor's usage object, verbatim.</summary>
    public string? VendorUsage { get; init; }
}
