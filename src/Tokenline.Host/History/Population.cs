using Tokenline.Commerce.Parties;
using Tokenline.Commerce.Payments;

namespace Tokenline.Host.History;

/// <summary>When somebody calls.</summary>
internal enum Hours
{
    Evening,
    Office,
    Clock,
}

/// <summary>A kind of customer.</summary>
/// <param name="Offering">What is bought first; null: pay-as-you-go alone.</param>
/// <param name="CallsADay">Before they are scaled to what is asked for.</param>
/// <param name="Input">Tokens of a usual prompt, and of a usual answer.</param>
/// <param name="Cached">Of 1: the part of a prompt that is read from the cache, at the most.</param>
/// <param name="Models">Each with its weight.</param>
internal sealed record Persona(
    string Name,
    CustomerType Type,
    int Count,
    string? Offering,
    PaymentMethod Method,
    double CallsADay,
    Hours Hours,
    int Input,
    int Output,
    double Cached,
    params (string Model, int Weight)[] Models
)
{
    public int? Seats { get; init; }

    public bool Renews { get; init; }

    /// <summary>Of a month, in the operator's currency; null: no leave to spend beyond what was bought.</summary>
    public int? Cap { get; init; }

    public string? Channel { get; init; }

    /// <summary>Of the whole account, as on the command line; null: none.</summary>
    public string? Limit { get; init; }

    /// <summary>A plan that is bought beside the first, with money alone.</summary>
    public string? Beside { get; init; }

    /// <summary>Runs of an agent: many calls under one name.</summary>
    public bool HasRuns { get; init; }
}

/// <summary>One customer of the script.</summary>
/// <param name="JoinsAt">Of 1, the whole history.</param>
/// <param name="Zeal">How much more or less than its kind it calls.</param>
internal sealed record Joining(Persona Persona, int Number, string Name, double JoinsAt, double Zeal)
{
    public string PhoneNumber => $"+861370000{1000 + Number}";
}

/// <summary>Who comes, and when: a third is there early on, and then more and more.</summary>
internal static class Population
{
    private static readonly (string, int)[] everyday =
    [
        ("deepseek-v4-flash", 34),
        ("qwen3.5-flash", 18),
        ("doubao-seed-1-6-250615", 14),
        ("hunyuan-turbos-latest", 8),
        ("ernie-4.5-turbo-128k", 6),
        ("gemini-2.5-flash", 6),
        ("kimi-k2.6", 8),
        ("MiniMax-M3", 6),
    ];

    private static readonly (string, int)[] dear =
    [
        ("claude-sonnet-4-6", 30),
        ("gpt-5.1", 22),
        ("glm-5", 16),
        ("deepseek-v4-pro", 14),
        ("gemini-2.5-pro", 8),
        ("claude-haiku-4-5", 6),
        ("grok-4.3", 4),
    ];

    private static readonly (string, int)[] coding =
    [
        ("deepseek-v4-pro", 30),
        ("glm-4.7", 24),
        ("qwen3-max", 20),
        ("glm-5", 14),
        ("kimi-k2.6", 12),
    ];

    private static readonly (string, int)[] anything =
    [
        ("claude-sonnet-4-6", 16),
        ("claude-opus-5", 8),
        ("gpt-5.1", 14),
        ("deepseek-v4-pro", 16),
        ("qwen3-max", 14),
        ("kimi-k2.6", 10),
        ("glm-5", 10),
        ("gpt-5.6-luna", 6),
        ("doubao-seed-2-1-pro-260628", 6),
    ];

    private static readonly Persona[] personas =
    [
        new("student", CustomerType.Individual, 10, "plan-light", PaymentMethod.PhoneBill, 1.6, Hours.Evening, 26_000, 4_200, 0.4, everyday)
        {
            Renews = true,
        },
        new(
            "person",
            CustomerType.Individual,
            7,
            "plan-standard",
            PaymentMethod.PhoneBill,
            2.4,
            Hours.Evening,
            60_000,
            7_000,
            0.5,
            everyday
        )
        {
            Renews = true,
        },
        new("branch", CustomerType.Individual, 4, "plan-standard", PaymentMethod.PhoneBill, 2, Hours.Evening, 60_000, 6_500, 0.5, everyday)
        {
            Renews = true,
            Channel = "branch-east",
        },
        new("heavy", CustomerType.Individual, 3, "plan-premium", PaymentMethod.Wallet, 5, Hours.Evening, 60_000, 7_500, 0.6, everyday)
        {
            Renews = true,
        },
        new("family", CustomerType.Household, 3, "plan-family", PaymentMethod.PhoneBill, 5, Hours.Evening, 90_000, 9_000, 0.5, everyday)
        {
            Renews = true,
        },
        new("developer", CustomerType.Individual, 6, "developer-basic", PaymentMethod.PhoneBill, 5, Hours.Office, 16_000, 1_500, 0.8, dear),
        new("coder", CustomerType.Individual, 4, "coding-lite", PaymentMethod.PhoneBill, 9, Hours.Office, 42_000, 1_800, 0.9, coding),
        new("agent", CustomerType.Individual, 3, "agent-100k", PaymentMethod.PhoneBill, 9, Hours.Clock, 80_000, 5_000, 0.9, anything)
        {
            HasRuns = true,
        },
        new("team", CustomerType.Organization, 3, "team-standard", PaymentMethod.Invoice, 16, Hours.Office, 60_000, 5_000, 0.8, anything)
        {
            Seats = 4,
            Renews = true,
        },
        new(
            "enterprise",
            CustomerType.Organization,
            1,
            "team-advanced",
            PaymentMethod.Invoice,
            30,
            Hours.Clock,
            110_000,
            6_000,
            0.3,
            anything
        )
        {
            Seats = 2,
            Renews = true,
            Limit = "at-once=20 requests/running",
            Beside = "capacity-20-calls",
        },
        new("integrator", CustomerType.Individual, 4, null, PaymentMethod.PhoneBill, 7, Hours.Clock, 24_000, 2_400, 0.6, anything)
        {
            Cap = 400,
        },
    ];

    private static readonly string[] people =
    [
        "Chen Yu",
        "Li Na",
        "Wang Lei",
        "Zhang Min",
        "Liu Yang",
        "Zhao Jing",
        "Sun Hao",
        "Zhou Ting",
        "Wu Jun",
        "Xu Fang",
        "He Ping",
        "Gao Feng",
        "Lin Xia",
        "Guo Rui",
        "Ma Chao",
        "Luo Dan",
        "Liang Bo",
        "Song Yan",
        "Tang Wei",
        "Deng Li",
        "Feng Kai",
        "Yu Xin",
        "Dong Mei",
        "Cheng Long",
        "Cao Yi",
        "Yuan Qi",
        "Peng Fei",
        "Lu Shan",
        "Jiang Hui",
        "Cai Hong",
    ];

    private static readonly string[] companies =
    [
        "Blue Harbor Logistics",
        "Lantern Games",
        "Cedar Clinic Software",
        "North Gate Translations",
        "Grain & Rail Insurance",
        "Kite Robotics",
    ];

    public static double CallsADay(Joining joining) => joining.Persona.CallsADay * joining.Zeal;

    public static IReadOnlyList<Joining> Draw(int seed)
    {
        var dice = new Random(seed);
        var all = new List<Joining>();
        var (person, company) = (0, 0);
        foreach (var persona in personas)
        {
            for (var i = 0; i < persona.Count; i++)
            {
                var isEarly = dice.NextDouble() < 0.33;
                var joins = isEarly ? 0.08 * dice.NextDouble() : 0.08 + (0.88 * Math.Sqrt(dice.NextDouble()));
                var name = persona.Type switch
                {
                    CustomerType.Organization => companies[company++ % companies.Length],
                    CustomerType.Household => $"{people[person++ % people.Length].Split(' ')[0]} family",
                    _ => people[person++ % people.Length],
                };
                all.Add(new(persona, all.Count + 1, name, joins, 0.5 + dice.NextDouble() + dice.NextDouble()));
            }
        }
        return [.. all.OrderBy(joining => joining.JoinsAt)];
    }
}
