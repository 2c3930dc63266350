using Tokenline.Charging.Accounts;
using Tokenline.Commerce.Access;
using Tokenline.Commerce.AuditTrail;
using Tokenline.Commerce.Batches;
using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.Notifications;
using Tokenline.Commerce.Orders;
using Tokenline.Commerce.Parties;
using Tokenline.Commerce.Payments;
using Tokenline.Commerce.Receivables;
using Tokenline.Commerce.Referrals;
using Tokenline.Commerce.Routing;
using Tokenline.Commerce.Subscriptions;
using Tokenline.Commerce.Vouchers;
using Tokenline.Commerce.Wallets;

namespace Tokenline.Storage.Management;

// The tables of management data. Ids are stored as 63-bit integers, instants as sortable UTC text, money as nano with its currency.

internal sealed class PartyRow
{
    public PartyId Id { get; set; }
    public required string PhoneNumber { get; set; }
    public required string Name { get; set; }
    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>What prices may depend on; null is none in particular.</summary>
    public string? Group { get; set; }
    public string? Region { get; set; }
    public CustomerType Type { get; set; }
    public BillingAccountRow Account { get; set; } = null!;
}

internal sealed class IndividualRow
{
    public IndividualId Id { get; set; }
    public required string PhoneNumber { get; set; }
    public required string Name { get; set; }
    public DateTimeOffset CreatedAt { get; set; }
}

/// <summary>What a person is to a customer.</summary>
internal sealed class PartyRoleRow
{
    public MembershipId Id { get; set; }
    public PartyId PartyId { get; set; }
    public IndividualId IndividualId { get; set; }
    public MemberRole Role { get; set; }
    public DateTimeOffset From { get; set; }

    /// <summary>The node of the account's tree; null is the account itself.</summary>
    public AllotmentId? AllotmentId { get; set; }

    /// <summary>The node that a department administrator looks after.</summary>
    public AllotmentId? DepartmentId { get; set; }

    /// <summary>From when on it is closed.</summary>
    public DateTimeOffset? Until { get; set; }
    public string? EndReason { get; set; }
}

internal sealed class InvitationRow
{
    public InvitationId Id { get; set; }
    public PartyId PartyId { get; set; }
    public required string PhoneNumber { get; set; }

    /// <summary>JSON of what the member shall be.</summary>
    public required string Terms { get; set; }

    /// <summary>As it was ended; one that nobody has answered in time stays pending until another takes its place.</summary>
    public InvitationState State { get; set; }
    public DateTimeOffset CreatedAt { get; set; }
    public DateTimeOffset ExpiresAt { get; set; }

    /// <summary>What the newest code is checked under.</summary>
    public string? Authentication { get; set; }
    public DateTimeOffset? SentAt { get; set; }
    public int Sent { get; set; }
    public MembershipId? ById { get; set; }
    public DateTimeOffset? EndedAt { get; set; }
    public MembershipId? MembershipId { get; set; }
}

internal sealed class BillingAccountRow
{
    public AccountId Id { get; set; }
    public PartyId PartyId { get; set; }
    public long? CapNano { get; set; }
    public string? CapCurrency { get; set; }
    public bool Suspended { get; set; }

    /// <summary>Null: none.</summary>
    public Arrears? Arrears { get; set; }
}

/// <summary>What of a pool is kept for a node of the account's tree.</summary>
internal sealed class PoolShareRow
{
    public ProductId SubscriptionId { get; set; }
    public AllotmentId AllotmentId { get; set; }

    /// <summary>Micro-units of a period.</summary>
    public long Least { get; set; }
}

internal sealed class OfferingRow
{
    public int Number { get; set; }
    public required string Id { get; set; }
    public required string Name { get; set; }
    public required string Description { get; set; }
    public OfferingKind Kind { get; set; }
    public long PriceNano { get; set; }
    public required string Currency { get; set; }
    public int? Months { get; set; }
    public int? Days { get; set; }

    /// <summary>JSON array of what it grants.</summary>
    public required string Grants { get; set; }
    public OfferingState State { get; set; }
    public int Version { get; set; }

    /// <summary>JSON of who may order it, its first price, its tax and its renewal; null where nothing of it is said.</summary>
    public string? Terms { get; set; }
    public long? Stock { get; set; }

    /// <summary>Orders that have not failed, of all versions.</summary>
    public long Sold { get; set; }

    /// <summary>JSON of the next version, as long as it is a draft.</summary>
    public string? Draft { get; set; }
}

/// <summary>A version of an offering that another has taken the place of.</summary>
internal sealed class OfferingVersionRow
{
    public required string OfferingId { get; set; }
    public int Version { get; set; }

    /// <summary>JSON of the offering.</summary>
    public required string Body { get; set; }
}

internal sealed class OrderRow
{
    public OrderId Id { get; set; }
    public PartyId PartyId { get; set; }

    /// <summary>JSON of the offering as it was.</summary>
    public required string Offering { get; set; }
    public string? ExternalId { get; set; }

    /// <summary>
    /// Where a customer has the offering a number of times at the most: the offering, and beyond the first which of them it is (<c>id#2</c>), until the order has failed; else null.
    /// </summary>
    public string? Once { get; set; }
    public required string OfferingId { get; set; }
    public string? Channel { get; set; }
    public PaymentMethod Method { get; set; }
    public string? PurchaseOrder { get; set; }

    public string? Voucher { get; set; }
    public OrderConfirmation Confirmation { get; set; }
    public DateTimeOffset? ConfirmBy { get; set; }
    public string? Challenge { get; set; }
    public int CodesSent { get; set; }
    public string? Reservation { get; set; }
    public DateTimeOffset? LookAt { get; set; }
    public string? ReturnReference { get; set; }

    /// <summary>JSON of what was agreed on beside the offering: discount, bonus, references; null where nothing was.</summary>
    public string? Extras { get; set; }

    /// <summary>What is to be paid; null: what the offering says, as in orders of a version before this was kept.</summary>
    public long? PriceNano { get; set; }
    public OrderState State { get; set; }
    public DateTimeOffset CreatedAt { get; set; }
    public DateTimeOffset? EndedAt { get; set; }
    public string? PaymentReference { get; set; }
    public string? Reason { get; set; }
    public ProductId? ProductId { get; set; }
}

internal sealed class ProductRow
{
    public ProductId Id { get; set; }
    public PartyId PartyId { get; set; }
    public OrderId OrderId { get; set; }
    public required string OfferingId { get; set; }
    public required string Name { get; set; }
    public OfferingKind Kind { get; set; }
    public DateTimeOffset ActiveFrom { get; set; }
    public DateTimeOffset? ExpiresAt { get; set; }

    /// <summary>Of a part of a bundle: the bundle's own product, and which line the part is.</summary>
    public ProductId? BundleId { get; set; }
    public string? Reference { get; set; }
}

/// <summary>What a customer gives to others, so that they say who brought them.</summary>
internal sealed class ReferralCodeRow
{
    public required string Code { get; set; }
    public PartyId PartyId { get; set; }
}

internal sealed class ReferralRow
{
    public long Number { get; set; }
    public PartyId ReferrerId { get; set; }
    public PartyId ReferredId { get; set; }

    /// <summary>The same, unless it is void: nobody is referred twice.</summary>
    public PartyId? LiveId { get; set; }
    public OrderId OrderId { get; set; }

    /// <summary>JSON of what both get.</summary>
    public required string Bonus { get; set; }
    public ReferralState State { get; set; }
    public DateTimeOffset At { get; set; }
    public DateTimeOffset? DueAt { get; set; }
    public DateTimeOffset? EndedAt { get; set; }
    public string? Reason { get; set; }
}

/// <summary>A line's leave to be charged without a code each time.</summary>
internal sealed class OneClickConsentRow
{
    public long Number { get; set; }
    public PartyId PartyId { get; set; }
    public required string PhoneNumber { get; set; }
    public long PerOrderNano { get; set; }
    public long PerMonthNano { get; set; }
    public required string Currency { get; set; }
    public ConsentState State { get; set; }
    public DateTimeOffset AskedAt { get; set; }
    public required string Challenge { get; set; }
    public DateTimeOffset? GivenAt { get; set; }
    public DateTimeOffset? EndedAt { get; set; }
}

internal sealed class VoucherRow
{
    public required string Code { get; set; }
    public VoucherType Type { get; set; }
    public string? Percent { get; set; }
    public long? AmountNano { get; set; }
    public string? Currency { get; set; }

    /// <summary>JSON of what it grants.</summary>
    public string? Bonus { get; set; }
    public int? Uses { get; set; }
    public int? PerCustomer { get; set; }
    public DateTimeOffset? From { get; set; }
    public DateTimeOffset? To { get; set; }

    /// <summary>JSON array.</summary>
    public string? Offerings { get; set; }
    public string? Note { get; set; }
    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>Orders that have not failed.</summary>
    public int Used { get; set; }
    public bool IsEnded { get; set; }
}

internal sealed class VoucherUseRow
{
    public long Number { get; set; }
    public required string Code { get; set; }
    public PartyId PartyId { get; set; }
    public OrderId OrderId { get; set; }

    /// <summary>Which of the customer's uses it is; null where that is not counted, and from when it was given back.</summary>
    public int? Slot { get; set; }
    public DateTimeOffset At { get; set; }
    public DateTimeOffset? GivenBackAt { get; set; }
}

/// <summary>A plan that a customer holds. It has the id of its product.</summary>
internal sealed class SubscriptionRow
{
    public ProductId Id { get; set; }
    public PartyId PartyId { get; set; }
    public SubscriptionState State { get; set; }

    /// <summary>When time alone changes it next; null: never.</summary>
    public DateTimeOffset? DueAt { get; set; }

    /// <summary>Raised with every change: one that was decided on an older version is not made.</summary>
    public long Version { get; set; }

    /// <summary>JSON of all of it.</summary>
    public required string Body { get; set; }
}

internal sealed class SubscriptionPaymentRow
{
    public long Number { get; set; }
    public required string Correlator { get; set; }
    public ProductId SubscriptionId { get; set; }
    public PaymentKind Kind { get; set; }
    public PaymentMethod Method { get; set; }
    public int Period { get; set; }
    public long AmountNano { get; set; }
    public required string Currency { get; set; }
    public DateTimeOffset From { get; set; }
    public DateTimeOffset To { get; set; }
    public PaymentState State { get; set; }
    public DateTimeOffset AskedAt { get; set; }
    public DateTimeOffset? EndedAt { get; set; }
    public string? Reference { get; set; }
    public string? Reason { get; set; }
    public DateTimeOffset? LookAt { get; set; }
}

/// <summary>Money of a customer that the operator holds: the sum of its movements, never below zero.</summary>
internal sealed class WalletRow
{
    public PartyId PartyId { get; set; }
    public long BalanceNano { get; set; }
    public required string Currency { get; set; }
}

internal sealed class WalletMovementRow
{
    public long Number { get; set; }
    public required string Correlator { get; set; }
    public PartyId PartyId { get; set; }
    public MovementType Type { get; set; }
    public long AskedNano { get; set; }
    public long AmountNano { get; set; }
    public long BalanceNano { get; set; }
    public required string Currency { get; set; }
    public required string Description { get; set; }
    public DateTimeOffset At { get; set; }

    /// <summary>Of a refund: the correlator of its payment.</summary>
    public string? Of { get; set; }
    public string? Reference { get; set; }
    public string? Reason { get; set; }
}

internal sealed class TopUpRow
{
    public TopUpId Id { get; set; }
    public PartyId PartyId { get; set; }
    public long AmountNano { get; set; }
    public required string Currency { get; set; }
    public TopUpSource Source { get; set; }
    public TopUpState State { get; set; }
    public DateTimeOffset CreatedAt { get; set; }
    public string? ExternalId { get; set; }
    public DateTimeOffset? EndedAt { get; set; }
    public string? Reference { get; set; }
    public string? Reason { get; set; }
    public DateTimeOffset? LookAt { get; set; }
}

/// <summary>What was agreed on with a customer who pays later, and how it stands.</summary>
internal sealed class InvoiceTermsRow
{
    public PartyId PartyId { get; set; }
    public int NetDays { get; set; }
    public long CreditLimitNano { get; set; }
    public required string Currency { get; set; }
    public string? PurchaseOrder { get; set; }
    public bool NeedsPurchaseOrder { get; set; }
    public DateTimeOffset AgreedAt { get; set; }
    public bool IsEnded { get; set; }

    /// <summary>The sum of what is open.</summary>
    public long OpenNano { get; set; }

    /// <summary>What was credited and had been paid.</summary>
    public long CreditNano { get; set; }
}

internal sealed class ReceivableRow
{
    public ReceivableId Id { get; set; }
    public PartyId PartyId { get; set; }
    public required string Correlator { get; set; }
    public long AmountNano { get; set; }
    public long OpenNano { get; set; }
    public required string Currency { get; set; }
    public required string Description { get; set; }
    public string? PurchaseOrder { get; set; }
    public DateTimeOffset IssuedAt { get; set; }
    public DateTimeOffset DueAt { get; set; }
    public DateTimeOffset? SettledAt { get; set; }

    /// <summary>What hangs on it knows that it is overdue.</summary>
    public bool IsOverdueTold { get; set; }
}

/// <summary>What happened to a receivable.</summary>
internal sealed class ReceivableEntryRow
{
    public long Number { get; set; }
    public required string Correlator { get; set; }
    public ReceivableId? ReceivableId { get; set; }
    public PartyId PartyId { get; set; }
    public ReceivableEntryType Type { get; set; }
    public long AmountNano { get; set; }
    public required string Currency { get; set; }
    public DateTimeOffset At { get; set; }
    public string? Reference { get; set; }
    public string? Reason { get; set; }
}

internal sealed class ApiKeyRow
{
    public KeyId Id { get; set; }
    public PartyId PartyId { get; set; }
    public AccountId AccountId { get; set; }
    public required string Name { get; set; }

    /// <summary>32 hexadecimal digits.</summary>
    public required string Hash { get; set; }
    public required string Last4 { get; set; }
    public DateTimeOffset CreatedAt { get; set; }
    public DateTimeOffset? ExpiresAt { get; set; }
    public string? Models { get; set; }
    public DateTimeOffset? RevokedAt { get; set; }

    /// <summary>The node of the account's tree; null is the account itself.</summary>
    public AllotmentId? AllotmentId { get; set; }

    /// <summary>The version of the keys' area in which it was made or changed last, so that a node reads only what is new to it.</summary>
    public long Changed { get; set; }
}

internal sealed class VendorRow
{
    public required string Id { get; set; }
    public required string Name { get; set; }
    public required string BaseUrl { get; set; }

    /// <summary>The keys, one a line, sealed with the key file beside the database.</summary>
    public byte[]? SealedApiKey { get; set; }
    public int DrainSeconds { get; set; }
    public bool Simulated { get; set; }

    /// <summary>Names of APIs with commas between.</summary>
    public required string Apis { get; set; }
    public bool AllowsPrivateAddress { get; set; }
}

internal sealed class ModelRow
{
    public required string Id { get; set; }
    public required string Name { get; set; }
    public required string OwnedBy { get; set; }
    public long Created { get; set; }
    public long ContextTokens { get; set; }
    public long OutputTokensMax { get; set; }
    public int ImageTokensMax { get; set; }
    public bool HidesReasoning { get; set; }
    public string? Tokenizer { get; set; }
    public required string OutputLimitField { get; set; }
    public ModelKind Kind { get; set; }

    /// <summary>JSON of the price sheet.</summary>
    public required string Prices { get; set; }

    /// <summary>JSON of class, abilities, quality and energy; null where nothing is known.</summary>
    public string? Profile { get; set; }

    /// <summary>JSON of the routing rule; null is the default.</summary>
    public string? Routing { get; set; }
    public DateTimeOffset? WithdrawnAt { get; set; }
}

internal sealed class DeploymentRow
{
    public required string ModelId { get; set; }
    public required string VendorId { get; set; }
    public required string UpstreamModel { get; set; }
    public int Priority { get; set; }
    public long? RequestsPerMinute { get; set; }
    public long? TokensPerMinute { get; set; }
    public int? ConcurrentCalls { get; set; }
    public int Weight { get; set; }
    public int? CanaryPercent { get; set; }
    public DeploymentState State { get; set; }

    /// <summary>JSON of the figures that are its own; null where the model's hold.</summary>
    public string? Profile { get; set; }
}

internal sealed class TariffVersionRow
{
    public int Version { get; set; }
    public DateTimeOffset EffectiveFrom { get; set; }
    public DateTimeOffset? EffectiveTo { get; set; }
    public DateTimeOffset CreatedAt { get; set; }
    public DateTimeOffset? CancelledAt { get; set; }
    public required string Reason { get; set; }

    /// <summary>JSON of the charges of each model that it changes.</summary>
    public required string Body { get; set; }

    /// <summary>JSON of the price sheets that the charges were made from; null in versions from before they were kept.</summary>
    public string? Sheets { get; set; }
}

/// <summary>What a vendor is owed for a model from when on.</summary>
internal sealed class ContractRow
{
    public int Version { get; set; }
    public required string VendorId { get; set; }
    public required string ModelId { get; set; }
    public DateTimeOffset EffectiveFrom { get; set; }
    public DateTimeOffset? EffectiveTo { get; set; }
    public DateTimeOffset CreatedAt { get; set; }
    public required string Reason { get; set; }

    /// <summary>JSON of the price sheet as it was entered.</summary>
    public required string Sheet { get; set; }

    /// <summary>JSON of the charges.</summary>
    public required string Body { get; set; }
}

internal sealed class OutboxRow
{
    public long Number { get; set; }
    public AccountId AccountId { get; set; }

    /// <summary>JSON of the command.</summary>
    public required string Command { get; set; }
    public DateTimeOffset CreatedAt { get; set; }
    public DateTimeOffset? DoneAt { get; set; }
    public string? Refusal { get; set; }
}

internal sealed class NotificationSettingsRow
{
    public PartyId PartyId { get; set; }
    public bool Sms { get; set; }
    public string? Mail { get; set; }
    public NoticeLanguage Language { get; set; }
}

internal sealed class WebhookRow
{
    public WebhookId Id { get; set; }
    public PartyId PartyId { get; set; }
    public required string Url { get; set; }

    /// <summary>JSON array of event types, or null.</summary>
    public string? Types { get; set; }
    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>Sealed with the key file beside the database.</summary>
    public required byte[] SealedSecret { get; set; }
}

internal sealed class DeliveryRow
{
    public long Number { get; set; }

    /// <summary>Of the event in the charge journal.</summary>
    public long Position { get; set; }
    public required string Lane { get; set; }
    public required string Channel { get; set; }
    public WebhookId? WebhookId { get; set; }
    public PartyId PartyId { get; set; }
    public AccountId AccountId { get; set; }
    public AccountEventType Type { get; set; }
    public DateTimeOffset CreatedAt { get; set; }
    public DateTimeOffset NextAt { get; set; }
    public DeliveryState State { get; set; }
    public int Attempts { get; set; }
    public DateTimeOffset? EndedAt { get; set; }
    public string? LastFailure { get; set; }
}

internal sealed class AutoPackPurchaseRow
{
    public CommandId Id { get; set; }
    public AccountId AccountId { get; set; }
    public required string OfferingId { get; set; }

    /// <summary>Null: on the phone bill.</summary>
    public PaymentMethod? Method { get; set; }
    public DateTimeOffset BegunAt { get; set; }
    public DateTimeOffset? EndedAt { get; set; }
    public ProductId? ProductId { get; set; }
    public string? Reason { get; set; }
}

/// <summary>A change that somebody asked of a charging account, and why.</summary>
internal sealed class AccountChangeRow
{
    public CommandId Id { get; set; }
    public AccountId AccountId { get; set; }

    /// <summary>The client's own name for the change; unique within the account.</summary>
    public string? Key { get; set; }

    /// <summary>What was asked, so that the same name for something else is told apart.</summary>
    public required string Request { get; set; }

    /// <summary>JSON of the command.</summary>
    public required string Command { get; set; }
    public string? Reason { get; set; }
    public DateTimeOffset CreatedAt { get; set; }
    public DateTimeOffset? DoneAt { get; set; }
}

internal sealed class StoredResponseRow
{
    /// <summary>In the order of writing, which is how the oldest are found.</summary>
    public long Number { get; set; }
    public AccountId AccountId { get; set; }

    /// <summary>As the vendor made it: unique within the account alone.</summary>
    public required string Id { get; set; }
    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>Before compression, which is what the limits count.</summary>
    public int Bytes { get; set; }

    /// <summary>Input items and response, compressed and sealed with the key file beside the database.</summary>
    public required byte[] Sealed { get; set; }
}

internal sealed class FileRow
{
    public FileId Id { get; set; }
    public AccountId AccountId { get; set; }
    public required string Name { get; set; }
    public required string Purpose { get; set; }
    public long Bytes { get; set; }
    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>False while it is being written; then nobody sees it.</summary>
    public bool IsWhole { get; set; }
}

internal sealed class FilePieceRow
{
    public FileId FileId { get; set; }

    /// <summary>From 0.</summary>
    public int Number { get; set; }

    /// <summary>Compressed, and sealed with the key file beside the database.</summary>
    public required byte[] Sealed { get; set; }
}

internal sealed class BatchRow
{
    public BatchId Id { get; set; }
    public AccountId AccountId { get; set; }
    public KeyId KeyId { get; set; }
    public FileId InputFileId { get; set; }
    public required string Endpoint { get; set; }
    public required string Origin { get; set; }

    /// <summary>JSON object of the client's, or null.</summary>
    public string? Metadata { get; set; }
    public BatchState State { get; set; }
    public DateTimeOffset CreatedAt { get; set; }
    public DateTimeOffset ExpiresAt { get; set; }
    public DateTimeOffset? InProgressAt { get; set; }
    public DateTimeOffset? FinalizingAt { get; set; }
    public DateTimeOffset? CancellingAt { get; set; }
    public DateTimeOffset? EndedAt { get; set; }

    /// <summary>JSON array of what is wrong with the file, or null.</summary>
    public string? Errors { get; set; }
    public FileId? OutputFileId { get; set; }
    public FileId? ErrorFileId { get; set; }
    public int Total { get; set; }
    public int Completed { get; set; }
    public int Failed { get; set; }
}

internal sealed class BatchLineRow
{
    public BatchId BatchId { get; set; }
    public int Number { get; set; }
    public required string CustomId { get; set; }
    public LineState State { get; set; }
    public int Attempt { get; set; }

    /// <summary>Of the call that was made last, whatever became of it.</summary>
    public ChargeId? ChargeId { get; set; }

    /// <summary>The request's body, then the line for the file; compressed, and sealed with the key file beside the database.</summary>
    public required byte[] Sealed { get; set; }
}

internal sealed class SettingRow
{
    public required string Name { get; set; }
    public required string Value { get; set; }
}

/// <summary>How often an area of the configuration was changed. A change raises it in its own transaction: the lock on the row makes the order of commits the order of versions.</summary>
internal sealed class ConfigurationVersionRow
{
    public required string Area { get; set; }
    public long Version { get; set; }
}

/// <summary>A key by which the pages protect cookies and forms, common to all nodes.</summary>
internal sealed class ProtectionKeyRow
{
    public long Number { get; set; }
    public required string Name { get; set; }

    /// <summary>XML, sealed with the secret that every node has.</summary>
    public required byte[] Sealed { get; set; }
}

/// <summary>A model that stands in for another. Decimals are text, as exact as they were entered.</summary>
internal sealed class SubstitutionRow
{
    public SubstitutionId Id { get; set; }

    /// <summary>Null: everybody's.</summary>
    public AccountId? AccountId { get; set; }
    public required string Model { get; set; }
    public string? Use { get; set; }
    public string? InputPriceAbove { get; set; }
    public string? OutputPriceAbove { get; set; }
    public bool WhenDown { get; set; }
    public bool WhenWithdrawn { get; set; }
    public string? QualityMin { get; set; }
}

internal sealed class SignInChallengeRow
{
    public required string Id { get; set; }
    public required string PhoneNumber { get; set; }
    public required string PasswordId { get; set; }
    public DateTimeOffset AskedAt { get; set; }
}

internal sealed class SignInAttemptRow
{
    public long Number { get; set; }
    public SignInAttempt Attempt { get; set; }
    public required string PhoneNumber { get; set; }
    public required string Address { get; set; }
    public DateTimeOffset At { get; set; }
}

internal sealed class SessionRow
{
    public SessionId Id { get; set; }

    /// <summary>Who is signed in.</summary>
    public required string PhoneNumber { get; set; }

    /// <summary>Whose console is shown; null: nobody's, of staff who are no customers.</summary>
    public PartyId? PartyId { get; set; }

    /// <summary>64 hexadecimal digits.</summary>
    public required string SecretHash { get; set; }
    public DateTimeOffset CreatedAt { get; set; }
    public DateTimeOffset SeenAt { get; set; }
    public DateTimeOffset ExpiresAt { get; set; }
    public DateTimeOffset? EndedAt { get; set; }
    public required string Device { get; set; }
    public required string Address { get; set; }
    public KeyId? PlaygroundKeyId { get; set; }

    /// <summary>Nobody else's console may be shown: the customer's own identity provider has said who it is. Null: any that the person belongs to.</summary>
    public PartyId? OnlyPartyId { get; set; }
}

/// <summary>Somebody who works for the operator or for a vendor.</summary>
internal sealed class StaffRow
{
    public StaffId Id { get; set; }
    public required string PhoneNumber { get; set; }

    /// <summary>The same, until the member of staff leaves: nobody is one twice at a time.</summary>
    public string? LivePhoneNumber { get; set; }
    public required string Name { get; set; }

    /// <summary>Names of roles, with commas between.</summary>
    public required string Roles { get; set; }
    public string? Vendor { get; set; }
    public DateTimeOffset CreatedAt { get; set; }
    public DateTimeOffset? EndedAt { get; set; }
}

/// <summary>A link of the audit log's chain. Triggers refuse any change.</summary>
internal sealed class AuditEntryRow
{
    public long Number { get; set; }
    public DateTimeOffset At { get; set; }
    public AuditActorKind ActorKind { get; set; }
    public required string ActorId { get; set; }
    public string? ActorName { get; set; }
    public string? Address { get; set; }
    public required string Action { get; set; }
    public required string SubjectKind { get; set; }
    public required string SubjectId { get; set; }
    public PartyId? PartyId { get; set; }
    public string? Vendor { get; set; }

    /// <summary>JSON.</summary>
    public string? Before { get; set; }

    /// <summary>JSON.</summary>
    public string? After { get; set; }
    public string? Why { get; set; }
    public AuditStage Stage { get; set; }

    /// <summary>The begun entry of which this one says what became.</summary>
    public long? Of { get; set; }
    public required string Previous { get; set; }
    public required string Hash { get; set; }
}
