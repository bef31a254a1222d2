use super::*;
use Order::{Duplicate, Gap, InOrder, Old, Unsequenced};

const BOTH: Asked = Asked {
    replay: true,
    sequence: true,
};
const REPLAY: Asked = Asked {
    replay: true,
    sequence: false,
};
const SEQUENCE: Asked = Asked {
    replay: false,
    sequence: true,
};

fn window(asked: Asked) -> Window {
    Window::new(7, u64::MAX, asked, 64)
}

fn orders(numbers: &[u64], asked: Asked) -> Vec<Order> {
    let mut window = window(asked);
    numbers
        .iter()
        .map(|number| window.note(7_u64.wrapping_add(*number)))
        .collect()
}

#[test]
fn tells_gaps_duplicates_and_late_ones_when_sequence_was_asked_for() {
    assert_eq!(
        orders(&[0, 1, 3, 2, 3, 4], BOTH),
        [InOrder, InOrder, Gap, Unsequenced, Duplicate, InOrder]
    );
    assert_eq!(
        orders(&[0, 2, 2, 1, 100, 3], SEQUENCE),
        [InOrder, Gap, Unsequenced, Unsequenced, Gap, Unsequenced]
    );
}

#[test]
fn tells_duplicates_and_old_ones_when_only_replay_was_asked_for() {
    assert_eq!(
        orders(&[0, 5, 1, 1, 5], REPLAY),
        [InOrder, InOrder, InOrder, Duplicate, Duplicate]
    );
    assert_eq!(
        orders(&[100, 36, 37, 37], REPLAY),
        [InOrder, Old, InOrder, Duplicate]
    );
}

#[test]
fn tells_old_ones_when_both_were_asked_for() {
    assert_eq!(orders(&[100, 36, 37], BOTH), [Gap, Old, Unsequenced]);
}

#[test]
fn a_number_before_the_first_is_not_taken_for_a_new_one() {
    let mut window = window(BOTH);
    assert_eq!(window.note(7), InOrder);
    assert_eq!(window.note(6), Old);
    assert_eq!(window.note(8), InOrder);
}

#[test]
fn numbers_of_32_bits_wrap_around() {
    let mut window = Window::new(0xffff_ffff, 0xffff_ffff, BOTH, 64);
    assert_eq!(window.note(0xffff_ffff), InOrder);
    assert_eq!(window.note(0), InOrder);
    assert_eq!(window.note(0xffff_ffff), Duplicate);
}

/// MIT krb5 takes numbers from before for new ones when it has counted to 2³².
#[test]
fn numbers_of_32_bits_wrap_around_more_than_once() {
    let mut window = Window::new(0, 0xffff_ffff, BOTH, 64);
    for quarter in [
        0x4000_0000,
        0x8000_0000,
        0xc000_0000,
        0,
        0x4000_0000,
        0x4000_0001,
    ] {
        assert!(matches!(window.note(quarter), Gap | InOrder));
        assert_eq!(window.note(quarter), Duplicate);
    }
    assert_eq!(window.note(0xffff_ffff), Old);
}

#[test]
fn nothing_is_told_when_nothing_was_asked_for() {
    let nothing = Asked {
        replay: false,
        sequence: false,
    };
    assert_eq!(orders(&[5, 5, 0], nothing), [InOrder; 3]);
}

/// Every size against a list of all that have come.
#[test]
fn remembers_as_many_numbers_as_it_was_told() {
    for (asked, size) in [
        (0, 64),
        (64, 64),
        (65, 128),
        (1000, 1024),
        (u32::MAX, 65_536),
    ] {
        let mut window = Window::new(7, u64::MAX, REPLAY, asked);
        assert_eq!(window.remembered(), size);
        let size = u64::from(size);
        let latest = 7 + 3 * size;
        assert_eq!(window.note(latest), InOrder);
        assert_eq!(window.note(latest - size - 1), Old);
        for number in [latest - size, latest - size + 1, latest - 1] {
            assert_eq!(
                window.note(number),
                if number == latest - size {
                    Old
                } else {
                    InOrder
                }
            );
        }
    }
}

/// A simple model, for numbers in no order.
#[test]
fn agrees_with_a_list_of_all_that_have_come() {
    let mut window = window(BOTH);
    let (mut seen, mut due) = (std::collections::HashSet::new(), 7_u64);
    let mut state = 1_u64;
    for _ in 0..20_000 {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        let jump = state >> 57; // 0..127
        let number = (due + jump).saturating_sub(90).max(7);
        let expected = match number {
            number if number == due => InOrder,
            number if number > due => Gap,
            number if due - number > 64 => Old,
            number if seen.contains(&number) => Duplicate,
            _ => Unsequenced,
        };
        assert_eq!(window.note(number), expected);
        if expected != Old {
            seen.insert(number);
        }
        due = due.max(number + 1);
    }
}
