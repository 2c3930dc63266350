using System.CommandLine;
using static Tokenline.Host.Verbs.ApiVerbs;

namespace Tokenline.Host.Verbs;

/// <summary>The verbs of selling: customers, offerings, orders, what came of them, keys, pay-as-you-go.</summary>
internal static class SellingVerbs
{
    internal static readonly Option<string> customer = Required("--customer", "The customer's id.");
    internal static readonly Option<string?> purchaseOrder = Optional(
        "--purchase-order",
        "The buyer's own number for it, of what is paid by invoice."
    );

    public static IEnumerable<Command> Commands() =>
        [
            Customers(),
            Offerings(),
            Orders(),
            SubscriptionVerbs.Command(),
            OneClickVerbs.Command(),
            VoucherVerbs.Command(),
            ReferralVerbs.Command(),
            WalletVerbs.Command(),
            ReceivableVerbs.Command(),
            Products(),
            Usage(),
            ReceiptVerb.Command(),
            RateVerb.Command(),
            Keys(),
            PayAsYouGo(),
        ];

    private static Command Customers()
    {
        var phone = Required("--phone", "The phone number in E.164 form, such as +8613800000001.");
        var name = Required("--name", "What to call the customer.");
        var group = Optional("--group", "The customer group that prices may depend on.");
        var region = Optional("--region", "The region that prices may depend on.");
        var type = Optional("--type", "individual (unless told), household or organization.");
        var id = Id("id", "The customer's id.");
        return Group(
            "customer",
            "Customers.",
            Call(
                "create",
                "Register a customer.",
                HttpMethod.Post,
                _ => "customers",
                p => new
                {
                    phoneNumber = p.GetValue(phone),
                    name = p.GetValue(name),
                    group = p.GetValue(group),
                    region = p.GetValue(region),
                    type = p.GetValue(type),
                },
                phone,
                name,
                group,
                region,
                type
            ),
            Call(
                "traits",
                "Set group and region; what is left out is not set any more.",
                HttpMethod.Put,
                p => $"customers/{Escape(p.GetValue(id))}/traits",
                p => new { group = p.GetValue(group), region = p.GetValue(region) },
                id,
                group,
                region
            ),
            List(
                "list",
                "All customers, newest first.",
                _ => "customers?limit=500",
                ["id", "type", "phoneNumber", "name", "account", "suspended"]
            ),
            Get("show", "One customer.", p => $"customers/{Escape(p.GetValue(id))}", id),
            Call(
                "suspend",
                "Refuse all calls of a customer.",
                HttpMethod.Post,
                p => $"customers/{Escape(p.GetValue(id))}/suspend",
                _ => new { reason = "by tokenline customer suspend" },
                id
            ),
            Call(
                "resume",
                "Serve a suspended customer again.",
                HttpMethod.Post,
                p => $"customers/{Escape(p.GetValue(id))}/resume",
                _ => new { reason = "by tokenline customer resume" },
                id
            )
        );
    }

    private static Command Offerings()
    {
        var id = Id("id", "The offering's id, such as plan-light.");
        var file = Required(
            "--file",
            "A JSON file: name, kind, price {amount, currency}, months or days, grants; who may order it (sale), its renewal, components of a bundle, membersMax, seats, commitment, draft; '-' is standard input."
        );
        var state = Optional("--state", "draft, published (unless told), retired or all.");
        return Group(
            "offering",
            "Plans and packs.",
            Call(
                "put",
                "Put a plan or a pack up for sale, or change it for those who order from now on.",
                HttpMethod.Put,
                p => $"offerings/{Escape(p.GetValue(id))}",
                p => JsonFile.Read(p.GetValue(file)!),
                id,
                file
            ),
            Call(
                "publish",
                "Put the draft of an offering up for sale, as its next version.",
                HttpMethod.Post,
                p => $"offerings/{Escape(p.GetValue(id))}/publish",
                _ => null,
                id
            ),
            Call(
                "retire",
                "End the sale of an offering, for ever; subscriptions to it go on.",
                HttpMethod.Post,
                p => $"offerings/{Escape(p.GetValue(id))}/retire",
                _ => null,
                id
            ),
            List(
                "check",
                "What to know before it is published: price against cost, translation, stock, what it excludes and requires.",
                p => $"offerings/{Escape(p.GetValue(id))}/checks",
                ["weight", "kind", "message"],
                id
            ),
            Get("show", "One offering, with its draft and its versions.", p => $"offerings/{Escape(p.GetValue(id))}", id),
            List(
                "list",
                "What is for sale.",
                p => "offerings" + (p.GetValue(state) is { } s ? $"?state={Escape(s)}" : ""),
                [
                    "id",
                    "version",
                    "state",
                    "name",
                    "kind",
                    "price.amount",
                    "price.currency",
                    "months",
                    "days",
                    "sold",
                    "worth.en",
                    "grants",
                ],
                state
            )
        );
    }

    private static Command Orders()
    {
        var offering = Required("--offering", "The offering's id, such as plan-light.");
        var externalId = Optional("--external-id", "Your own id of this order: given again it is the same order.");
        var channel = Optional("--channel", "Where it is sold; some offerings are for some channels.");
        var expected = Optional("--expected-price", "What the customer was shown, such as 9.90: another price is refused.");
        var currency = new Option<string>("--currency") { Description = "The operator's currency.", DefaultValueFactory = _ => "CNY" };
        var seats = new Option<int?>("--seats") { Description = "Of a plan by the seat: how many." };
        var endsWith = Optional(
            "--ends-with",
            "A subscription, prd_…, that the plan is to end together with: the first period costs what is left of that one's."
        );
        var method = Optional("--payment-method", "phoneBill (unless told), wallet or invoice; a plan's renewals are paid the same way.");
        var confirmation = Optional(
            "--confirmation",
            "none (unless told), oneTimePassword, reservation, or oneClick where the line has consented."
        );
        var code = Optional("--code", "The code that went to the phone.");
        var voucher = Optional("--voucher", "A code that makes it cheaper or adds to it.");
        var referral = Optional("--referral", "The code of the customer who brought this one; with a first purchase.");
        var references = new Option<string[]>("--reference")
        {
            Description = "Of a bundle: which line a component is, as COMPONENT=REFERENCE; repeat for more.",
        };
        var id = Id("id", "The order's id.");
        return Group(
            "order",
            "Orders.",
            Call(
                "create",
                "Buy an offering for a customer, on the phone bill unless told.",
                HttpMethod.Post,
                _ => "orders",
                p => new
                {
                    customer = p.GetValue(customer),
                    offering = p.GetValue(offering),
                    externalId = p.GetValue(externalId),
                    channel = p.GetValue(channel),
                    seats = p.GetValue(seats),
                    endsWith = p.GetValue(endsWith),
                    expectedPrice = p.GetValue(expected) is { } amount ? new { amount, currency = p.GetValue(currency) } : null,
                    paymentMethod = p.GetValue(method),
                    purchaseOrder = p.GetValue(purchaseOrder),
                    confirmation = p.GetValue(confirmation),
                    voucher = p.GetValue(voucher),
                    referral = p.GetValue(referral),
                    references = p.GetValue(references) is { Length: > 0 } given ? Pairs(given) : null,
                },
                customer,
                offering,
                externalId,
                channel,
                seats,
                endsWith,
                expected,
                currency,
                method,
                purchaseOrder,
                confirmation,
                voucher,
                referral,
                references
            ),
            List(
                "list",
                "A customer's orders.",
                p => Of(p, "orders"),
                ["id", "offering", "state", "price.amount", "price.currency", "paymentMethod", "createdAt", "reason"],
                customer
            ),
            Get("show", "One order.", p => $"orders/{Escape(p.GetValue(id))}", id),
            Call(
                "confirm",
                "Confirm a pending order: it is paid.",
                HttpMethod.Post,
                p => $"orders/{Escape(p.GetValue(id))}/confirm",
                p => new { code = p.GetValue(code) },
                id,
                code
            ),
            Call(
                "code",
                "Send another code for a pending order.",
                HttpMethod.Post,
                p => $"orders/{Escape(p.GetValue(id))}/code",
                _ => null,
                id
            ),
            Call("cancel", "Cancel a pending order.", HttpMethod.Post, p => $"orders/{Escape(p.GetValue(id))}/cancel", _ => null, id)
        );
    }

    private static Dictionary<string, string> Pairs(string[] given) =>
        given
            .Select(text => text.Split('=', 2))
            .GroupBy(pair => pair[0])
            .ToDictionary(
                same => same.Key,
                same =>
                    same.ToList() is [[_, var reference]]
                        ? reference
                        : throw new SettingException($"--reference is COMPONENT=REFERENCE, each component once; '{same.Key}' is not.")
            );

    private static Command Products() =>
        Group(
            "product",
            "What customers hold.",
            List(
                "list",
                "A customer's plans and packs.",
                p => Of(p, "products"),
                ["id", "name", "kind", "state", "activeFrom", "expiresAt", "bundle", "reference"],
                customer
            )
        );

    private static Command Usage()
    {
        var limit = new Option<int>("--limit") { Description = "Records at the most, 1 to 500.", DefaultValueFactory = _ => 50 };
        var before = Optional("--before", "Only charges older than this one.");
        return Group(
            "usage",
            "Usage records.",
            List(
                "list",
                "A customer's usage records, newest first.",
                p => Of(p, "usage") + $"?limit={p.GetValue(limit)}" + (p.GetValue(before) is { } b ? $"&before={Escape(b)}" : ""),
                ["charge", "startedAt", "model", "usage.input", "usage.cached_input", "usage.output", "payments", "basis", "ending"],
                customer,
                limit,
                before
            )
        );
    }

    private static Command Keys()
    {
        var name = Required("--name", "What to call the key.");
        var expires = Optional("--expires", "When it ends, such as 2027-01-01T00:00:00Z.");
        var models = new Option<string[]>("--model") { Description = "A Model ID it may use; repeat for more. Without it: all." };
        var allotment = Optional("--allotment", "The node of the account's tree that its calls pass; without it: the account itself.");
        var limits = LimitOption.New("A limit of its own");
        var id = Id("id", "The key's id.");
        return Group(
            "key",
            "Keys of customers.",
            Call(
                "create",
                "Make a key. Its text is shown this once.",
                HttpMethod.Post,
                p => Of(p, "keys"),
                p => new
                {
                    name = p.GetValue(name),
                    expiresAt = p.GetValue(expires),
                    models = p.GetValue(models) is { Length: > 0 } m ? m : null,
                    allotment = p.GetValue(allotment),
                    limits = LimitOption.Read(p, limits),
                },
                customer,
                name,
                expires,
                models,
                allotment,
                limits
            ),
            List(
                "list",
                "A customer's keys.",
                p => Of(p, "keys"),
                ["id", "name", "shown", "state", "allotment", "createdAt", "expiresAt", "models"],
                customer
            ),
            Call(
                "revoke",
                "End a key at once.",
                HttpMethod.Delete,
                p => Of(p, "keys") + $"/{Escape(p.GetValue(id))}",
                _ => null,
                id,
                customer
            )
        );
    }

    private static Command PayAsYouGo()
    {
        var cap = Required("--monthly-cap", "The most in one calendar month, such as 50.00.");
        var currency = new Option<string>("--currency") { Description = "The operator's currency.", DefaultValueFactory = _ => "CNY" };
        return Group(
            "pay-as-you-go",
            "Spending beyond the plan, on the phone bill, up to a cap.",
            Call(
                "allow",
                "The customer opts in.",
                HttpMethod.Put,
                p => Of(p, "pay-as-you-go"),
                p => new { cap = new { amount = p.GetValue(cap), currency = p.GetValue(currency) } },
                customer,
                cap,
                currency
            ),
            Call("stop", "The customer opts out.", HttpMethod.Delete, p => Of(p, "pay-as-you-go"), _ => null, customer),
            Get("show", "The customer's terms.", p => Of(p, "pay-as-you-go"), customer)
        );
    }

    internal static string Of(ParseResult parsed, string what) => $"customers/{Escape(parsed.GetValue(customer))}/{what}";
}
