using System.Text;

namespace Tokenline.Simulators.Carrier;

/// <summary>One way in which a number's phone bill goes wrong, by the last digits of the number or by order (<c>POST /carrier/control</c>).</summary>
public enum CarrierFault
{
    None,

    /// <summary>The month's limit counts as reached.</summary>
    LimitReached,

    /// <summary>The number may neither pay nor get text messages.</summary>
    Barred,

    /// <summary>500 on the first try of a correlator.</summary>
    FailsOnce,

    /// <summary>Nothing is booked and nothing is ever sent.</summary>
    NeverAnswers,

    /// <summary>Booked, but the first answer never comes.</summary>
    LosesFirstAnswer,

    /// <summary>Denied on the first two tries of a correlator.</summary>
    RefusesTwice,

    /// <summary>Booked at once, answered after <see cref="CarrierSimulatorOptions.LateAnswer"/>.</summary>
    AnswersLate,

    /// <summary><c>processing</c> at first, then <c>succeeded</c> or <c>reserved</c>.</summary>
    Asynchronous,

    /// <summary><c>processing</c> at first, then <c>denied</c>.</summary>
    AsynchronousDenied,

    /// <summary>Asynchronous, and each event comes twice.</summary>
    CallsBackTwice,

    /// <summary>Asynchronous, and each event comes after <see cref="CarrierSimulatorOptions.LateCallback"/>.</summary>
    CallsBackLate,

    /// <summary>Asynchronous and denied, while the event says that it was paid.</summary>
    CallsBackFalsely,

    /// <summary>Twice the amount is booked, and said.</summary>
    WrongAmount,

    /// <summary>Booked, and said, in US dollars.</summary>
    WrongCurrency,

    /// <summary>A payment in two steps waits for a code that is sent to the number.</summary>
    NeedsValidation,

    /// <summary>A confirmation is accepted, and the payment is denied.</summary>
    DeniesConfirmation,

    /// <summary>A correlator that was used is refused, with the same content too.</summary>
    RefusesRepeats,

    /// <summary>Refunds are denied.</summary>
    DeniesRefunds,

    /// <summary>Refunds are <c>processing</c> at first.</summary>
    AsynchronousRefunds,

    /// <summary>Payments are not in the day's settlement file.</summary>
    LeftOutOfSettlement,

    /// <summary>Payments are in the day's settlement file twice.</summary>
    SettledTwice,

    /// <summary>Payments are in the day's settlement file with one unit more than was paid.</summary>
    SettledWrong,

    /// <summary>The number is not the carrier's.</summary>
    UnknownNumber,

    /// <summary>The number cannot get text messages.</summary>
    NoTextMessages,
}

/// <summary>Which fault a number has: an order for the number, else one for all, else its last four digits.</summary>
public sealed class CarrierFaults
{
    private const int OrdersMax = 1000;

    /// <summary>Published: the README has the same table.</summary>
    public static readonly IReadOnlyDictionary<string, CarrierFault> ByLastDigits = new Dictionary<string, CarrierFault>
    {
        ["0001"] = CarrierFault.LimitReached,
        ["0002"] = CarrierFault.Barred,
        ["0003"] = CarrierFault.FailsOnce,
        ["0004"] = CarrierFault.NeverAnswers,
        ["0005"] = CarrierFault.LosesFirstAnswer,
        ["9901"] = CarrierFault.RefusesTwice,
        ["9902"] = CarrierFault.AnswersLate,
        ["9903"] = CarrierFault.Asynchronous,
        ["9904"] = CarrierFault.AsynchronousDenied,
        ["9905"] = CarrierFault.CallsBackTwice,
        ["9906"] = CarrierFault.CallsBackLate,
        ["9907"] = CarrierFault.CallsBackFalsely,
        ["9908"] = CarrierFault.WrongAmount,
        ["9909"] = CarrierFault.WrongCurrency,
        ["9910"] = CarrierFault.NeedsValidation,
        ["9911"] = CarrierFault.DeniesConfirmation,
        ["9912"] = CarrierFault.RefusesRepeats,
        ["9913"] = CarrierFault.DeniesRefunds,
        ["9914"] = CarrierFault.AsynchronousRefunds,
        ["9915"] = CarrierFault.LeftOutOfSettlement,
        ["9916"] = CarrierFault.SettledTwice,
        ["9917"] = CarrierFault.SettledWrong,
        ["9918"] = CarrierFault.UnknownNumber,
        ["9919"] = CarrierFault.NoTextMessages,
    };

    private static readonly Dictionary<string, CarrierFault> byName = Enum.GetValues<CarrierFault>().ToDictionary(NameOf);

    private readonly Lock gate = new();
    private readonly Dictionary<string, CarrierFault> orders = [];
    private CarrierFault? everybody;

    /// <summary>Orders in force: a phone number, or <c>*</c> for all.</summary>
    public IReadOnlyDictionary<string, CarrierFault> Orders
    {
        get
        {
            lock (gate)
            {
                var all = new Dictionary<string, CarrierFault>(orders);
                if (everybody is { } fault)
                    all["*"] = fault;
                return all;
            }
        }
    }

    public CarrierFault Of(string phoneNumber)
    {
        lock (gate)
        {
            if (orders.TryGetValue(phoneNumber, out var ordered))
                return ordered;
            return everybody ?? (phoneNumber.Length >= 4 ? ByLastDigits.GetValueOrDefault(phoneNumber[^4..]) : CarrierFault.None);
        }
    }

    /// <param name="phoneNumber">Null: every number that has no order of its own.</param>
    public void Order(CarrierFault fault, string? phoneNumber = null)
    {
        lock (gate)
        {
            if (phoneNumber is null)
                everybody = fault;
            else if (orders.Count < OrdersMax || orders.ContainsKey(phoneNumber))
                orders[phoneNumber] = fault;
            else
                throw new FormatException($"There are orders for {OrdersMax} numbers already");
        }
    }

    public void Clear()
    {
        lock (gate)
        {
            orders.Clear();
            everybody = null;
        }
    }

    /// <summary><c>CallsBackTwice</c> is <c>calls-back-twice</c>.</summary>
    public static string NameOf(CarrierFault fault)
    {
        var name = new StringBuilder();
        foreach (var letter in fault.ToString())
        {
            if (char.IsAsciiLetterUpper(letter) && name.Length > 0)
                name.Append('-');
            name.Append(char.ToLowerInvariant(letter));
        }
        return name.ToString();
    }

    public static CarrierFault Parse(string name) =>
        byName.TryGetValue(name, out var fault)
            ? fault
            : throw new FormatException($"'{name}' is no fault; there are: {string.Join(", ", byName.Keys)}");
}
