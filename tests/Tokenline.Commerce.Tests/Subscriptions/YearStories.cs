namespace Tokenline.Commerce.Tests.Subscriptions;

/// <summary>Whole lives of subscriptions, on a clock of their own.</summary>
public sealed class YearStories
{
    [Fact]
    public Task A_student_upgrades_downgrades_and_asks_money_back() =>
        SubscriptionStory.TellAsync(
            """
            when             | what          | state            |  paid |  owed |       left | ends
            2026-09-01 10:30 | order basic   | active           |  9.90 |  0.00 | 10,000,000 | 2026-10-01 10:30
            2026-09-04 10:30 | use 1,000,000 | active           |  9.90 |  0.00 |  9,000,000 | 2026-10-01 10:30
            2026-09-16 10:30 | upgrade plus  | active           | 19.90 |  0.00 | 24,000,000 | 2026-10-01 10:30
            2026-09-16 10:30 | upgrade plus  | wrong_state      | 19.90 |  0.00 | 24,000,000 | 2026-10-01 10:30
            2026-09-20 09:00 | upgrade basic | not_an_upgrade   | 19.90 |  0.00 | 24,000,000 | 2026-10-01 10:30
            2026-09-20 09:00 | change basic  | active           | 19.90 |  0.00 | 24,000,000 | 2026-10-01 10:30
            2026-10-01 10:00 |               | active           | 29.80 |  0.00 | 24,000,000 | 2026-10-01 10:30
            2026-10-01 10:30 |               | active           | 29.80 |  0.00 | 10,000,000 | 2026-11-01 10:30
            2026-10-03 08:00 | order plus    | active           | 59.70 |  0.00 | 40,000,000 | 2026-11-03 08:00
            2026-10-05 08:00 | use 15,000,000 | active           | 59.70 |  0.00 | 35,000,000 | 2026-11-03 08:00
            2026-10-05 09:00 | cancel        | terminated       | 59.70 | 26.16 |          0 | 2026-10-05 09:00
            2026-10-05 09:00 | cancel        | wrong_state      | 59.70 | 26.16 |          0 | 2026-10-05 09:00
            2027-01-05 09:00 |               | terminated       | 89.40 | 26.16 |          0 | 2026-10-05 09:00
            """
        );

    [Fact]
    public Task A_line_whose_phone_bill_refuses_twice_and_then_pays_loses_nothing() =>
        SubscriptionStory.TellAsync(
            """
            when             | what          | state            |  paid |  owed |       left | ends
            2026-09-01 10:30 | order basic   | active           |  9.90 |  0.00 | 10,000,000 | 2026-10-01 10:30
            2026-09-30 10:30 | bill refuses  | active           |  9.90 |  0.00 | 10,000,000 | 2026-10-01 10:30
            2026-10-01 10:29 |               | active           |  9.90 |  0.00 | 10,000,000 | 2026-10-01 10:30
            2026-10-01 10:30 | use 2,000,000 | grace            |  9.90 |  0.00 |  8,000,000 | 2026-11-01 10:30
            2026-10-02 10:30 | upgrade plus  | wrong_state      |  9.90 |  0.00 |  8,000,000 | 2026-11-01 10:30
            2026-10-02 10:30 | bill pays     | grace            |  9.90 |  0.00 |  8,000,000 | 2026-11-01 10:30
            2026-10-03 04:30 |               | active           | 19.80 |  0.00 |  8,000,000 | 2026-11-01 10:30
            2026-11-01 10:30 |               | active           | 29.70 |  0.00 | 10,000,000 | 2026-12-01 10:30
            """
        );

    [Fact]
    public Task What_is_not_paid_is_restricted_suspended_and_comes_back_as_it_was() =>
        SubscriptionStory.TellAsync(
            """
            when             | what          | state            |  paid |  owed |       left | ends
            2026-09-01 10:30 | order basic   | active           |  9.90 |  0.00 | 10,000,000 | 2026-10-01 10:30
            2026-09-30 10:30 | bill refuses  | active           |  9.90 |  0.00 | 10,000,000 | 2026-10-01 10:30
            2026-10-01 11:00 | use 3,000,000 | grace            |  9.90 |  0.00 |  7,000,000 | 2026-11-01 10:30
            2026-10-04 10:29 |               | grace            |  9.90 |  0.00 |  7,000,000 | 2026-11-01 10:30
            2026-10-04 10:30 |               | restricted       |  9.90 |  0.00 |          0 | 2026-11-01 10:30
            2026-10-05 10:30 | pay           | payment_refused  |  9.90 |  0.00 |          0 | 2026-11-01 10:30
            2026-10-11 10:30 |               | suspended unpaid |  9.90 |  0.00 |          0 | 2026-11-01 10:30
            2026-10-11 10:30 | resume        | wrong_state      |  9.90 |  0.00 |          0 | 2026-11-01 10:30
            2026-10-12 10:30 | upgrade plus  | wrong_state      |  9.90 |  0.00 |          0 | 2026-11-01 10:30
            2026-10-20 10:30 | bill pays     | suspended unpaid |  9.90 |  0.00 |          0 | 2026-11-01 10:30
            2026-10-20 10:31 | pay           | active           | 19.80 |  0.00 |  7,000,000 | 2026-11-01 10:30
            2026-10-20 10:31 | pay           | wrong_state      | 19.80 |  0.00 |  7,000,000 | 2026-11-01 10:30
            2026-11-01 10:30 | bill refuses  | active           | 29.70 |  0.00 | 10,000,000 | 2026-12-01 10:30
            2026-12-29 10:29 |               | suspended unpaid | 29.70 |  0.00 |          0 | 2027-01-01 10:30
            2026-12-29 10:30 |               | terminated       | 29.70 |  0.00 |          0 | 2026-12-29 10:30
            """
        );

    [Fact]
    public Task Without_grace_nothing_is_granted_before_it_is_paid() =>
        SubscriptionStory.TellAsync(
            """
            when             | what          | state            |  paid |  owed |       left | ends
            2026-09-01 10:30 | order strict  | active           |  9.90 |  0.00 | 10,000,000 | 2026-10-01 10:30
            2026-09-30 10:30 | bill refuses  | active           |  9.90 |  0.00 | 10,000,000 | 2026-10-01 10:30
            2026-10-01 10:30 |               | restricted       |  9.90 |  0.00 |          0 | 2026-11-01 10:30
            2026-10-01 12:00 | bill pays     | restricted       |  9.90 |  0.00 |          0 | 2026-11-01 10:30
            2026-10-02 04:30 |               | active           | 19.80 |  0.00 | 10,000,000 | 2026-11-01 10:30
            """
        );

    [Fact]
    public Task A_household_is_renewed_for_a_year_from_the_end_of_a_month_to_the_end_of_a_month() =>
        SubscriptionStory.TellAsync(
            """
            when             | what          | state            |   paid |  owed |       left | ends
            2027-01-31 20:00 | order basic   | active           |   9.90 |  0.00 | 10,000,000 | 2027-02-28 20:00
            2027-02-28 20:00 |               | active           |  19.80 |  0.00 | 10,000,000 | 2027-03-31 20:00
            2027-03-31 20:00 |               | active           |  29.70 |  0.00 | 10,000,000 | 2027-04-30 20:00
            2027-04-30 20:00 |               | active           |  39.60 |  0.00 | 10,000,000 | 2027-05-31 20:00
            2027-05-31 20:00 |               | active           |  49.50 |  0.00 | 10,000,000 | 2027-06-30 20:00
            2027-07-01 20:00 | use 1,000,000 | active           |  59.40 |  0.00 |  9,000,000 | 2027-07-31 20:00
            2027-08-31 20:00 |               | active           |  79.20 |  0.00 | 10,000,000 | 2027-09-30 20:00
            2027-12-31 20:00 |               | active           | 118.80 |  0.00 | 10,000,000 | 2028-01-31 20:00
            2028-01-31 20:00 | stop          | pendingTerminate | 128.70 |  0.00 | 10,000,000 | 2028-02-29 20:00
            2028-02-29 20:00 |               | terminated       | 128.70 |  0.00 |          0 | 2028-02-29 20:00
            """
        );

    [Fact]
    public Task By_the_calendar_a_part_of_a_month_costs_its_part_and_midnight_stays_midnight() =>
        SubscriptionStory.TellAsync(
            """
            when             | what          | state            |   paid |  owed |           left | ends
            2027-02-15 00:00 | order monthly | active           |  14.00 |  0.00 |     14,000,000 | 2027-03-01 00:00
            2027-03-01 00:00 |               | active           |  42.00 |  0.00 |     28,000,000 | 2027-04-01 00:00
            2027-04-01 00:00 |               | active           |  70.00 |  0.00 |     28,000,000 | 2027-05-01 00:00
            2027-10-31 12:00 |               | active           | 238.00 |  0.00 |     28,000,000 | 2027-11-01 00:00
            2027-11-01 00:00 | stop          | pendingTerminate | 266.00 |  0.00 |     28,000,000 | 2027-12-01 00:00
            2027-12-25 18:00 | order monthly | active           | 271.65 |  0.00 | 5,645,161.290323 | 2028-01-01 00:00
            """,
            "Europe/Berlin"
        );

    [Fact]
    public Task Who_stops_after_paying_ahead_gets_it_back_whole_and_who_comes_back_pays_again() =>
        SubscriptionStory.TellAsync(
            """
            when             | what          | state            |  paid |  owed |       left | ends
            2026-09-01 10:30 | order basic   | active           |  9.90 |  0.00 | 10,000,000 | 2026-10-01 10:30
            2026-09-20 10:30 | stop          | pendingTerminate |  9.90 |  0.00 | 10,000,000 | 2026-10-01 10:30
            2026-09-21 10:30 | keep          | active           |  9.90 |  0.00 | 10,000,000 | 2026-10-01 10:30
            2026-10-01 08:00 | stop          | pendingTerminate | 19.80 |  9.90 | 10,000,000 | 2026-10-01 10:30
            2026-10-01 09:00 | keep          | active           | 29.70 |  9.90 | 10,000,000 | 2026-10-01 10:30
            2026-10-01 10:30 |               | active           | 29.70 |  9.90 | 10,000,000 | 2026-11-01 10:30
            2026-10-31 10:30 | stop          | pendingTerminate | 29.70 |  9.90 | 10,000,000 | 2026-11-01 10:30
            2026-11-01 10:30 |               | terminated       | 29.70 |  9.90 |          0 | 2026-11-01 10:30
            2026-11-01 10:30 | keep          | wrong_state      | 29.70 |  9.90 |          0 | 2026-11-01 10:30
            """
        );

    [Fact]
    public Task A_pause_begins_with_the_end_of_a_period_and_a_suspension_gives_back_what_it_took() =>
        SubscriptionStory.TellAsync(
            """
            when             | what          | state              |  paid |  owed |       left | ends
            2026-09-01 10:30 | order basic   | active             |  9.90 |  0.00 | 10,000,000 | 2026-10-01 10:30
            2026-09-05 10:30 | use 4,000,000 | active             |  9.90 |  0.00 |  6,000,000 | 2026-10-01 10:30
            2026-09-06 10:30 | suspend       | suspended operator |  9.90 |  0.00 |          0 | 2026-10-01 10:30
            2026-09-07 10:30 | resume        | active             |  9.90 |  0.00 |  6,000,000 | 2026-10-01 10:30
            2026-09-08 10:30 | suspend       | suspended operator |  9.90 |  0.00 |          0 | 2026-10-01 10:30
            2026-09-09 10:30 | resume        | active             |  9.90 |  0.00 |  6,000,000 | 2026-10-01 10:30
            2026-09-09 11:30 | pause         | active             |  9.90 |  0.00 |  6,000,000 | 2026-10-01 10:30
            2026-10-01 10:30 |               | suspended paused   |  9.90 |  0.00 |          0 | 2026-10-01 10:30
            2026-12-24 18:00 | bill refuses  | suspended paused   |  9.90 |  0.00 |          0 | 2026-10-01 10:30
            2026-12-24 18:00 | resume        | payment_refused    |  9.90 |  0.00 |          0 | 2026-10-01 10:30
            2026-12-24 18:00 | bill pays     | suspended paused   |  9.90 |  0.00 |          0 | 2026-10-01 10:30
            2026-12-24 18:00 | resume        | active             | 19.80 |  0.00 | 10,000,000 | 2027-01-24 18:00
            2027-01-24 18:00 | pause         | active             | 29.70 |  0.00 | 10,000,000 | 2027-02-24 18:00
            2027-08-23 17:00 |               | suspended paused   | 29.70 |  0.00 |          0 | 2027-02-24 18:00
            2027-08-23 18:00 |               | terminated         | 29.70 |  0.00 |          0 | 2027-08-23 18:00
            """
        );

    [Fact]
    public Task What_is_granted_again_every_month_rolls_over_into_the_next_period_and_is_taken_back_and_given_again() =>
        SubscriptionStory.TellAsync(
            """
            when             | what           | state              |  paid |  owed |       left | ends
            2026-09-01 10:30 | order refilled | active             |  9.90 |  0.00 | 10,000,000 | 2026-10-01 10:30
            2026-09-05 10:30 | use 9,000,000  | active             |  9.90 |  0.00 |  1,000,000 | 2026-10-01 10:30
            2026-09-05 10:30 | upgrade plus   | not_an_upgrade     |  9.90 |  0.00 |  1,000,000 | 2026-10-01 10:30
            2026-10-01 10:30 |                | active             | 19.80 |  0.00 | 11,000,000 | 2026-11-01 10:30
            2026-10-02 10:30 | use 2,000,000  | active             | 19.80 |  0.00 |  9,000,000 | 2026-11-01 10:30
            2026-10-03 10:30 | suspend        | suspended operator | 19.80 |  0.00 |          0 | 2026-11-01 10:30
            2026-10-04 10:30 | resume         | active             | 19.80 |  0.00 |  9,000,000 | 2026-11-01 10:30
            2026-11-01 08:00 | stop           | pendingTerminate   | 29.70 |  9.90 |  9,000,000 | 2026-11-01 10:30
            2026-11-01 09:00 | keep           | active             | 39.60 |  9.90 |  9,000,000 | 2026-11-01 10:30
            2026-11-01 10:30 | bill refuses   | active             | 39.60 |  9.90 | 10,000,000 | 2026-12-01 10:30
            2026-12-01 10:30 |                | grace              | 39.60 |  9.90 | 12,000,000 | 2027-01-01 10:30
            2026-12-05 10:30 | bill pays      | restricted         | 39.60 |  9.90 |          0 | 2027-01-01 10:30
            2026-12-05 10:31 | pay            | active             | 49.50 |  9.90 | 12,000,000 | 2027-01-01 10:30
            2027-01-01 10:30 |                | active             | 59.40 |  9.90 | 10,000,000 | 2027-02-01 10:30
            """
        );

    [Fact]
    public Task What_is_not_renewed_ends_and_is_changed_by_nobody() =>
        SubscriptionStory.TellAsync(
            """
            when             | what          | state            |  paid |  owed |       left | ends
            2026-09-01 10:30 | order once    | active           |  9.90 |  0.00 | 10,000,000 | 2026-10-01 10:30
            2026-09-02 10:30 | stop          | wrong_state      |  9.90 |  0.00 | 10,000,000 | 2026-10-01 10:30
            2026-09-02 10:30 | pause         | wrong_state      |  9.90 |  0.00 | 10,000,000 | 2026-10-01 10:30
            2026-09-02 10:30 | change plus   | wrong_state      |  9.90 |  0.00 | 10,000,000 | 2026-10-01 10:30
            2026-09-02 10:30 | keep          | wrong_state      |  9.90 |  0.00 | 10,000,000 | 2026-10-01 10:30
            2026-09-02 10:30 | pay           | wrong_state      |  9.90 |  0.00 | 10,000,000 | 2026-10-01 10:30
            2026-09-02 10:30 | resume        | wrong_state      |  9.90 |  0.00 | 10,000,000 | 2026-10-01 10:30
            2026-10-01 10:30 |               | terminated       |  9.90 |  0.00 |          0 | 2026-10-01 10:30
            """
        );

    [Fact]
    public Task From_a_month_to_a_year_at_the_end_of_a_period() =>
        SubscriptionStory.TellAsync(
            """
            when             | what           | state          |   paid |  owed |        left | ends
            2026-09-30 10:30 | order basic    | active         |   9.90 |  0.00 |  10,000,000 | 2026-10-30 10:30
            2026-10-02 10:30 | upgrade yearly | not_an_upgrade |   9.90 |  0.00 |  10,000,000 | 2026-10-30 10:30
            2026-10-02 10:30 | change yearly  | active         |   9.90 |  0.00 |  10,000,000 | 2026-10-30 10:30
            2026-10-30 10:30 |                | active         | 108.90 |  0.00 | 100,000,000 | 2027-10-30 10:30
            2027-10-30 10:30 |                | active         | 207.90 |  0.00 | 100,000,000 | 2028-10-30 10:30
            """
        );

    // A million in five hours, three in a week, twenty in a month. The seventh is a Monday.
    [Fact]
    public Task A_coder_on_a_windowed_plan_waits_for_the_window_and_is_renewed_for_a_year() =>
        SubscriptionStory.TellAsync(
            """
            when             | what            | state                | paid   | back | left       | ends
            2026-09-01 10:30 | order coder     | active               | 49.00  | 0.00 | 20,000,000 | 2026-10-01 10:30
            2026-09-01 11:00 | use 1,000,000   | active               | 49.00  | 0.00 | 19,000,000 | 2026-10-01 10:30
            2026-09-01 12:00 | use 100,000     | window_limit_reached | 49.00  | 0.00 | 19,000,000 | 2026-10-01 10:30
            2026-09-01 15:59 | use 100,000     | window_limit_reached | 49.00  | 0.00 | 19,000,000 | 2026-10-01 10:30
            2026-09-01 16:00 | use 1,000,000   | active               | 49.00  | 0.00 | 18,000,000 | 2026-10-01 10:30
            2026-09-02 10:00 | use 1,000,000   | active               | 49.00  | 0.00 | 17,000,000 | 2026-10-01 10:30
            2026-09-05 10:00 | use 100,000     | window_limit_reached | 49.00  | 0.00 | 17,000,000 | 2026-10-01 10:30
            2026-09-07 00:00 | use 1,000,000   | active               | 49.00  | 0.00 | 16,000,000 | 2026-10-01 10:30
            2026-10-01 10:30 | use 1,000,000   | active               | 98.00  | 0.00 | 19,000,000 | 2026-11-01 10:30
            2026-10-01 10:31 | upgrade plus    | not_an_upgrade       | 98.00  | 0.00 | 19,000,000 | 2026-11-01 10:30
            2026-10-02 09:00 | pause           | active               | 98.00  | 0.00 | 19,000,000 | 2026-11-01 10:30
            2026-11-01 10:30 | use 100,000     | insufficient_quota   | 98.00  | 0.00 | 0          | 2026-11-01 10:30
            2026-11-20 09:00 | resume          | active               | 147.00 | 0.00 | 20,000,000 | 2026-12-20 09:00
            2027-09-20 09:00 | use 1,000,000   | active               | 637.00 | 0.00 | 19,000,000 | 2027-10-20 09:00
            """
        );

    // October: it books, and every answer is lost. November: it is silent, then says no, then pays at the next try; and in the end it turns out that the no was none.
    [Fact]
    public Task A_carrier_that_answers_late_twice_and_wrongly_is_paid_once_for_each_month() =>
        SubscriptionStory.TellAsync(
            """
            when             | what               | state  | paid  | back | left       | ends
            2026-09-01 10:30 | order basic        | active | 9.90  | 0.00 | 10,000,000 | 2026-10-01 10:30
            2026-09-30 20:00 | bill loses answers | active | 9.90  | 0.00 | 10,000,000 | 2026-10-01 10:30
            2026-10-01 10:30 |                    | grace  | 19.80 | 0.00 | 10,000,000 | 2026-11-01 10:30
            2026-10-01 11:00 | bill answers       | grace  | 19.80 | 0.00 | 10,000,000 | 2026-11-01 10:30
            2026-10-01 13:00 |                    | active | 19.80 | 0.00 | 10,000,000 | 2026-11-01 10:30
            2026-10-31 20:00 | bill is silent     | active | 19.80 | 0.00 | 10,000,000 | 2026-11-01 10:30
            2026-11-01 10:30 |                    | grace  | 19.80 | 0.00 | 10,000,000 | 2026-12-01 10:30
            2026-11-01 12:00 | bill refuses       | grace  | 19.80 | 0.00 | 10,000,000 | 2026-12-01 10:30
            2026-11-01 12:01 | bill answers       | grace  | 19.80 | 0.00 | 10,000,000 | 2026-12-01 10:30
            2026-11-01 14:00 | bill pays          | grace  | 19.80 | 0.00 | 10,000,000 | 2026-12-01 10:30
            2026-11-02 09:00 |                    | active | 29.70 | 0.00 | 10,000,000 | 2026-12-01 10:30
            2026-11-02 09:30 | bill had paid      | active | 29.70 | 9.90 | 10,000,000 | 2026-12-01 10:30
            2026-11-02 09:31 | bill had paid      | active | 29.70 | 9.90 | 10,000,000 | 2026-12-01 10:30
            2026-12-01 10:30 |                    | active | 39.60 | 9.90 | 10,000,000 | 2027-01-01 10:30
            2027-09-01 10:30 |                    | active | 128.70 | 9.90 | 10,000,000 | 2027-10-01 10:30
            """
        );
}
