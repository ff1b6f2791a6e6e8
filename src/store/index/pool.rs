//! Values kept once and numbered: a merchant that has a thousand disputes has its name here once.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::hash::Hash;

pub struct Pool<T> {
    values: Vec<T>,
    numbers: HashMap<T, u32>,
}

impl<T> Default for Pool<T> {
    fn default() -> Pool<T> {
        Pool { values: Vec::new(), numbers: HashMap::new() }
    }
}

impl<T: Clone + Eq + Hash> Pool<T> {
    pub fn number<Q: ?Sized + Eq + Hash>(&mut self, value: &Q, make: impl FnOnce(&Q) -> T) -> u32
    where
        T: Borrow<Q>,
    {
        if let Some(number) = self.numbers.get(value) {
            return *number;
        }
        let (made, number) = (make(value), self.values.len() as u32);
        self.values.push(made.clone());
        self.numbers.insert(made, number);
        number
    }

    pub fn get(&self, number: u32) -> Option<&T> {
        self.values.get(number as usize)
    }

    pub fn iter(&self) -> impl Iterator<Item = &T> {
        self.values.iter()
    }
}
